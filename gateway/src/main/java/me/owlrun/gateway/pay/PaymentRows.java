package me.owlrun.gateway.pay;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.CashuJson;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads payments out of their rows.
final class PaymentRows {

    /// Everything a [Payment] is made of; a WHERE clause follows.
    static final String SELECT =
            """
            SELECT p.id, p.model, p.unit, p.encoding, p.paid_msat, p.owner_boot, p.state,
                p.cost_msat, p.change_msat, p.change_token, p.change_token_msat,
                p.blanks, p.change_open, p.change_fee_msat, p.change_signatures,
                b.prompt_tokens, b.completion_tokens
            FROM payment p LEFT JOIN bill b ON b.payment_id = p.id
            """;

    private PaymentRows() {}

    /// One payment.
    static Optional<Payment> find(Connection connection, String id) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(SELECT + "WHERE p.id = ?")) {
            query.setString(1, id);
            return read(query).stream().findFirst();
        }
    }

    static List<Payment> read(PreparedStatement query) throws SQLException {
        List<Payment> payments = new ArrayList<>();
        try (ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                payments.add(
                        new Payment(
                                rows.getString("id"),
                                rows.getString("model"),
                                CurrencyUnit.ofText(rows.getString("unit")).orElseThrow(),
                                Encoding.valueOf(rows.getString("encoding")),
                                Msat.of(rows.getLong("paid_msat")),
                                Optional.ofNullable(rows.getString("blanks")).map(Blanks::ofText),
                                rows.getString("owner_boot"),
                                state(rows)));
            }
        }
        return payments;
    }

    /// How a state is written.
    static String text(Payment.State state) {
        return switch (state) {
            case Payment.State.Intent() -> "intent";
            case Payment.State.Claimed() -> "claimed";
            case Payment.State.Closed closed -> closed.settled() ? "settled" : "refunded";
        };
    }

    private static Payment.State state(ResultSet rows) throws SQLException {
        String state = rows.getString("state");
        return switch (state) {
            case "intent" -> new Payment.State.Intent();
            case "claimed" -> new Payment.State.Claimed();
            case "settled", "refunded" ->
                    new Payment.State.Closed(state.equals("settled"), change(rows), tokens(rows));
            default -> throw new IllegalStateException("a payment in state " + state);
        };
    }

    private static Change change(ResultSet rows) throws SQLException {
        return new Change(
                rows.getString("change_token"),
                Optional.ofNullable(rows.getString("change_token_msat")),
                rows.getString("blanks") == null ? Optional.empty() : Optional.of(blind(rows)),
                Msat.of(rows.getLong("change_msat")),
                Msat.of(rows.getLong("cost_msat")));
    }

    private static BlindChange blind(ResultSet rows) throws SQLException {
        ObjectNode json = Json.object();
        String signatures = rows.getString("change_signatures");
        json.set("signatures", signatures == null ? Json.array() : Json.parse(signatures));
        return new BlindChange(
                CashuJson.list(json, "signatures", BlankDesk.BLANKS_MAX, CashuJson::blindSignature),
                rows.getInt("change_open") > 0,
                Msat.of(rows.getLong("change_fee_msat")));
    }

    private static Optional<Payment.Tokens> tokens(ResultSet rows) throws SQLException {
        long prompt = rows.getLong("prompt_tokens");
        return rows.wasNull()
                ? Optional.empty()
                : Optional.of(new Payment.Tokens(prompt, rows.getLong("completion_tokens")));
    }
}
