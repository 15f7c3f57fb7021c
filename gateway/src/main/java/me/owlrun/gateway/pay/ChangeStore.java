package me.owlrun.gateway.pay;

import me.owlrun.batch.Batcher;
import me.owlrun.cashu.BlindSignature;
import me.owlrun.cashu.CashuJson;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.db.Database;
import me.owlrun.gateway.ledger.Account;
import me.owlrun.gateway.ledger.LedgerJournal;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.ledger.Transfer;
import me.owlrun.gateway.vault.BlankRows;
import me.owlrun.gateway.vault.BlankSwap;
import me.owlrun.json.Json;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/// The ends of swaps into buyers' blanks, each in one transaction: swap, proofs, payment and ledger
/// together. Whoever ends a swap second changes nothing.
final class ChangeStore implements AutoCloseable {

    private static final int QUEUE_MAX = 65_536;

    private static final String ADD_SIGNATURES =
            """
            UPDATE payment SET change_open = change_open - 1,
                change_signatures = coalesce(change_signatures, '[]') || ?::jsonb
            WHERE id = ?
            """;

    private static final String SET_TOKEN =
            """
            UPDATE payment SET change_open = change_open - 1,
                change_fee_msat = change_fee_msat - ?,
                change_token = CASE WHEN unit = ? THEN ? ELSE change_token END,
                change_token_msat = CASE WHEN unit = ? THEN change_token_msat ELSE ? END
            WHERE id = ?
            """;

    private final Database database;
    private final LedgerStore ledger;
    private final InstantSource clock;
    private final ChangeTokens tokens;
    private final Batcher<Signed, Boolean> signed;

    ChangeStore(Database database, LedgerStore ledger, InstantSource clock, ChangeTokens tokens) {
        this.database = database;
        this.ledger = ledger;
        this.clock = clock;
        this.tokens = tokens;
        this.signed =
                new Batcher<>(
                        "changes",
                        1,
                        QUEUE_MAX,
                        LedgerJournal.BATCH_MAX,
                        batch -> Batcher.together(batch, this::end, LedgerJournal::isOfOneItem));
    }

    /// A swap that the mint has signed.
    private record Signed(BlankSwap swap, List<BlindSignature> signatures) {}

    /// Swaps whose time has come, of this boot and of those that are gone.
    ///
    /// @param live payments that somebody here is at work on
    List<BlankSwap> open(String ownBoot, List<String> live, int countMax) {
        return database.transaction(
                connection -> BlankRows.open(connection, ownBoot, live, countMax, clock.instant()));
    }

    /// Lets a swap rest before it is run again.
    void postpone(BlankSwap swap, Duration rest) {
        Instant until = clock.instant().plus(rest);
        database.inTransaction(connection -> BlankRows.postpone(connection, swap.id(), until));
    }

    /// Records the mint's signatures.
    ///
    /// @return false when the swap had ended before
    boolean signed(BlankSwap swap, List<BlindSignature> signatures) {
        return signed.mustAsk(new Signed(swap, signatures));
    }

    /// Rows are locked in the order of their names, as another gateway may end the same swaps.
    private List<Boolean> end(List<Signed> batch) {
        return database.transaction(connection -> {
            List<Transfer> transfers = new ArrayList<>();
            Set<UUID> ended = new HashSet<>();
            List<Signed> inOrder =
                    batch.stream().sorted(Comparator.comparing(one -> one.swap.id())).toList();
            for (Signed one : inOrder) {
                if (BlankRows.signed(connection, one.swap.id(), clock.instant())) {
                    add(connection, one);
                    transfers.add(transfer(one.swap));
                    ended.add(one.swap.id());
                }
            }
            ledger.postAll(connection, transfers);
            return batch.stream().map(one -> ended.contains(one.swap.id())).toList();
        });
    }

    private static void add(Connection connection, Signed one) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(ADD_SIGNATURES)) {
            update.setString(1, Json.text(CashuJson.toJson(one.signatures, CashuJson::toJson)));
            update.setString(2, one.swap.paymentId());
            requireOne(update.executeUpdate(), one.swap);
        }
    }

    /// Gives the proofs as a token, because the mint does not sign the blanks.
    ///
    /// @param code the mint's number
    /// @return false when the swap had ended before
    boolean refused(BlankSwap swap, int code) {
        return database.transaction(connection -> {
            if (!BlankRows.refused(connection, swap, code, clock.instant())) {
                return false;
            }
            Payment payment = PaymentRows.find(connection, swap.paymentId()).orElseThrow();
            String token = tokens.token(payment.encoding(), swap.inputs(), swap.unit());
            setToken(connection, swap, swap.unit(), token);
            ledger.post(connection, transfer(swap));
            return true;
        });
    }

    private static void setToken(
            Connection connection, BlankSwap swap, CurrencyUnit unit, String token)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(SET_TOKEN)) {
            update.setLong(1, swap.fee().value());
            update.setString(2, unit.text());
            update.setString(3, token);
            update.setString(4, unit.text());
            update.setString(5, token);
            update.setString(6, swap.paymentId());
            requireOne(update.executeUpdate(), swap);
        }
    }

    private static void requireOne(int updated, BlankSwap swap) {
        if (updated != 1) {
            throw new IllegalStateException("the payment of change " + swap.id() + " is gone");
        }
    }

    private static Transfer transfer(BlankSwap swap) {
        Transfer moves =
                Transfer.moving()
                        .take(Account.CHANGE_DUE, swap.worth())
                        .give(Account.ECASH_TREASURY, swap.worth())
                        .of("change", swap.id().toString());
        return new Transfer(
                moves.idempotencyKey(), moves.kind(), swap.paymentId(), moves.amounts());
    }

    /// Writes what waits, then stops.
    @Override
    public void close() {
        signed.close();
    }
}
