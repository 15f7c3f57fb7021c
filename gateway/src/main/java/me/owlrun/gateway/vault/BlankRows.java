package me.owlrun.gateway.vault;

import me.owlrun.cashu.CashuJson;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.KeysetId;
import me.owlrun.db.Bundle;
import me.owlrun.db.Columns;
import me.owlrun.json.Json;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/// The rows of `mint_operation` that bring change into blanks. Every method runs inside the
/// caller's transaction.
public final class BlankRows {

    private static final String INSERT =
            """
            INSERT INTO mint_operation (id, kind, purpose, change_of, inputs, keyset_id, unit,
                fee_steps, state, created_at, next_attempt_at, owner_boot, outputs)
            SELECT id, 'swap', 'change', change_of, inputs, keyset_id, unit, fee_steps, 'pending',
                ?, ?, owner_boot, outputs
            FROM unnest(?::uuid[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[],
                        ?::text[], ?::text[])
                 AS t (id, change_of, inputs, keyset_id, unit, fee_steps, owner_boot, outputs)
            """;

    private static final String SELECT_OPEN =
            """
            SELECT id, change_of, inputs, keyset_id, unit, fee_steps, outputs
            FROM mint_operation o
            WHERE purpose = 'change' AND state = 'pending' AND next_attempt_at <= ?
                AND change_of <> ALL (?)
                AND (owner_boot = ? OR NOT EXISTS (
                    SELECT 1 FROM gateway_instance i
                    WHERE i.boot_id = o.owner_boot AND i.lease_until > now()))
            ORDER BY next_attempt_at LIMIT ?
            """;

    private static final String CLOSE =
            """
            UPDATE mint_operation SET state = ?, refusal_code = nullif(?, 0), closed_at = ?
            WHERE id = ? AND state = 'pending' AND purpose = 'change'
            """;

    private static final String SPENT =
            """
            UPDATE vault_proof SET state = 'spent' WHERE spent_by = ? AND state = 'spending'
            """;

    private static final String GIVEN =
            """
            UPDATE vault_proof SET state = 'given', given_to = ?, spent_by = NULL
            WHERE spent_by = ? AND state = 'spending'
            """;

    private static final String POSTPONE =
            """
            UPDATE mint_operation SET next_attempt_at = ? WHERE id = ? AND purpose = 'change'
            """;

    private BlankRows() {}

    /// A swap with the boot that works on it.
    public record Owned(BlankSwap swap, String bootId) {}

    /// Writes swaps down.
    public static void insert(Bundle bundle, List<Owned> rows, Instant now) {
        if (rows.isEmpty()) {
            return;
        }
        bundle.update(
                INSERT,
                params ->
                        params.time(now)
                                .time(now)
                                .uuids(rows, r -> r.swap.id())
                                .texts(rows, r -> r.swap.paymentId())
                                .texts(rows, r -> inputs(r.swap))
                                .texts(rows, r -> r.swap.keysetId().value())
                                .texts(rows, r -> r.swap.unit().text())
                                .numbers(rows, r -> r.swap.feeSteps())
                                .texts(rows, Owned::bootId)
                                .texts(rows, r -> outputs(r.swap)));
    }

    /// Swaps whose time has come, of this boot and of those that are gone.
    ///
    /// @param live payments that somebody here is at work on
    public static List<BlankSwap> open(
            Connection connection, String ownBoot, List<String> live, int countMax, Instant now)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(SELECT_OPEN)) {
            query.setObject(1, now.atOffset(ZoneOffset.UTC));
            query.setArray(2, Columns.texts(connection, live, id -> id));
            query.setString(3, ownBoot);
            query.setInt(4, countMax);
            List<BlankSwap> swaps = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    swaps.add(
                            new BlankSwap(
                                    rows.getObject("id", UUID.class),
                                    rows.getString("change_of"),
                                    VaultStore.inputs(rows.getString("inputs")),
                                    CurrencyUnit.ofText(rows.getString("unit")).orElseThrow(),
                                    new KeysetId(rows.getString("keyset_id")),
                                    rows.getLong("fee_steps"),
                                    outputs(rows.getString("outputs"))));
                }
            }
            return swaps;
        }
    }

    /// Records that the mint signed; false when another run did so before.
    public static boolean signed(Connection connection, UUID swap, Instant now)
            throws SQLException {
        if (!close(connection, swap, "done", 0, now)) {
            return false;
        }
        try (PreparedStatement update = connection.prepareStatement(SPENT)) {
            update.setObject(1, swap);
            update.executeUpdate();
        }
        return true;
    }

    /// Records that the mint does not sign, and gives the proofs themselves to the buyer; false
    /// when another run ended it before.
    public static boolean refused(Connection connection, BlankSwap swap, int code, Instant now)
            throws SQLException {
        if (!close(connection, swap.id(), "refused", code, now)) {
            return false;
        }
        try (PreparedStatement update = connection.prepareStatement(GIVEN)) {
            update.setString(1, swap.paymentId());
            update.setObject(2, swap.id());
            if (update.executeUpdate() != swap.inputs().size()) {
                throw new IllegalStateException("proofs of change " + swap.id() + " are gone");
            }
        }
        return true;
    }

    private static boolean close(
            Connection connection, UUID swap, String state, int code, Instant now)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(CLOSE)) {
            update.setString(1, state);
            update.setInt(2, code);
            update.setObject(3, now.atOffset(ZoneOffset.UTC));
            update.setObject(4, swap);
            return update.executeUpdate() == 1;
        }
    }

    /// Lets a swap rest until a time.
    public static void postpone(Connection connection, UUID swap, Instant until)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(POSTPONE)) {
            update.setObject(1, until.atOffset(ZoneOffset.UTC));
            update.setObject(2, swap);
            update.executeUpdate();
        }
    }

    private static String inputs(BlankSwap swap) {
        return Json.text(CashuJson.toJson(swap.inputs(), CashuJson::toJson));
    }

    private static String outputs(BlankSwap swap) {
        return swap.outputs().stream()
                .map(output -> output.amount() + " " + output.pointHex())
                .collect(Collectors.joining(","));
    }

    private static List<BlankSwap.Sized> outputs(String text) {
        return Arrays.stream(text.split(",", -1))
                .map(line -> line.split(" ", -1))
                .map(word -> new BlankSwap.Sized(Long.parseLong(word[0]), word[1]))
                .toList();
    }
}
