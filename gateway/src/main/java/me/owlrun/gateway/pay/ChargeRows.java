package me.owlrun.gateway.pay;

import me.owlrun.db.Bundle;
import me.owlrun.db.Columns;
import me.owlrun.money.Msat;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The rows of `charge`, many at once.
final class ChargeRows {

    private static final String INSERT =
            """
            INSERT INTO charge (id, account_id, key_sha256, idempotency_key, state, owner_boot,
                model, held_sats_msat, held_credit_msat, created_at)
            SELECT id, account_id, key_sha256, nullif(idempotency_key, ''), 'held', owner_boot,
                model, sats, credit, ?
            FROM unnest(?::text[], ?::bigint[], ?::bytea[], ?::text[], ?::text[], ?::text[],
                        ?::bigint[], ?::bigint[])
                 AS t (id, account_id, key_sha256, idempotency_key, owner_boot, model, sats,
                       credit)
            """;

    private static final String REPEATED =
            """
            SELECT c.account_id, c.idempotency_key
            FROM charge c JOIN unnest(?::bigint[], ?::text[]) AS t (account_id, idempotency_key)
                ON c.account_id = t.account_id AND c.idempotency_key = t.idempotency_key
            """;

    private static final String LOCK_HELD =
            """
            SELECT c.id
            FROM charge c JOIN unnest(?::text[], ?::text[]) AS t (id, owner_boot)
                ON c.id = t.id AND c.owner_boot = t.owner_boot
            WHERE c.state = 'held'
            ORDER BY c.id
            FOR NO KEY UPDATE OF c
            """;

    private static final String CLOSE =
            """
            UPDATE charge c SET state = t.state, cost_sats_msat = t.sats,
                cost_credit_msat = t.credit, closed_at = ?
            FROM unnest(?::text[], ?::text[], ?::bigint[], ?::bigint[])
                AS t (id, state, sats, credit)
            WHERE c.id = t.id
            """;

    private static final String POTS =
            """
            SELECT a.owner::bigint, a.kind, a.balance_msat
            FROM unnest(?::text[]) AS t (owner), account a
            WHERE a.owner = t.owner AND a.kind IN ('sats', 'credit')
            """;

    private static final String KNOWN =
            """
            SELECT c.state, c.cost_sats_msat + c.cost_credit_msat, b.job_id
            FROM charge c LEFT JOIN bill b ON b.payment_id = c.id
            WHERE c.account_id = ? AND c.idempotency_key = ?
            """;

    private static final String OPEN =
            """
            SELECT id, account_id, key_sha256, owner_boot, model, held_sats_msat,
                held_credit_msat, created_at
            FROM charge c
            WHERE state = 'held' AND id <> ALL (?)
                AND (owner_boot = ? OR NOT EXISTS (
                    SELECT 1 FROM gateway_instance i
                    WHERE i.boot_id = c.owner_boot AND i.lease_until > now()))
            ORDER BY created_at LIMIT ?
            """;

    private static final String ADOPT =
            """
            UPDATE charge SET owner_boot = ? WHERE id = ? AND owner_boot = ? AND state = 'held'
            """;

    private ChargeRows() {}

    /// What a request wants to hold.
    record Hold(
            String id,
            long accountId,
            String keySha256Hex,
            Optional<String> idempotencyKey,
            String ownerBoot,
            String model,
            Msat costMax) {

        ByteBuffer key() {
            return ByteBuffer.wrap(HexFormat.of().parseHex(keySha256Hex));
        }
    }

    /// Money that is held.
    record Open(
            String id,
            long accountId,
            String keySha256Hex,
            String ownerBoot,
            String model,
            Pots held,
            Instant createdAt) {

        Open ownedBy(String boot) {
            return new Open(id, accountId, keySha256Hex, boot, model, held, createdAt);
        }

        ByteBuffer key() {
            return ByteBuffer.wrap(HexFormat.of().parseHex(keySha256Hex));
        }
    }

    /// Sats and credit of one account.
    record Pots(Msat sats, Msat credit) {

        static final Pots NONE = new Pots(Msat.ZERO, Msat.ZERO);

        Msat sum() {
            return sats.plus(credit);
        }

        /// Takes an amount out of these, credit first.
        Pots part(Msat amount) {
            Msat fromCredit = amount.min(credit);
            return new Pots(amount.minus(fromCredit), fromCredit);
        }

        Pots plus(Pots other) {
            return new Pots(sats.plus(other.sats), credit.plus(other.credit));
        }

        Pots minus(Pots other) {
            return new Pots(sats.minus(other.sats), credit.minus(other.credit));
        }
    }

    /// What a key can pay with.
    ///
    /// @param limitLeft what its own limit leaves, if it has one
    record Means(Msat sats, Msat credit, Optional<Msat> limitLeft) {}

    /// What came of a hold.
    sealed interface Held {
        /// The money is held.
        record Done(Open open) implements Held {}

        /// The pots do not hold that much.
        record Poor() implements Held {}

        /// The key may not spend that much, or nothing any more.
        record OverLimit() implements Held {}

        /// The Idempotency-Key came before.
        record Repeated() implements Held {}
    }

    /// An Idempotency-Key of an account.
    record Repeat(long accountId, String idempotencyKey) {}

    /// What is known of a charge by its Idempotency-Key.
    record Known(String state, Msat cost, Optional<String> jobId) {}

    /// A charge with how it ended.
    record Closed(Open open, boolean settled, Pots cost) {}

    /// A hold that can be made, with where the money comes from.
    record Granted(Hold hold, Pots from) {}

    /// Writes holds down.
    static void insert(Bundle bundle, List<Granted> rows, Instant now) {
        if (rows.isEmpty()) {
            return;
        }
        bundle.update(
                INSERT,
                params ->
                        params.time(now)
                                .texts(rows, r -> r.hold().id())
                                .numbers(rows, r -> r.hold().accountId())
                                .bytes(rows, r -> r.hold().key().array())
                                .texts(rows, r -> r.hold().idempotencyKey().orElse(""))
                                .texts(rows, r -> r.hold().ownerBoot())
                                .texts(rows, r -> r.hold().model())
                                .numbers(rows, r -> r.from().sats().value())
                                .numbers(rows, r -> r.from().credit().value()),
                rows.size(),
                "charges were new");
    }

    /// Finds which Idempotency-Keys of accounts came before. To be asked with the ledger locked, as
    /// they are written: then nobody writes one meanwhile.
    static void repeated(Bundle bundle, List<Hold> holds, Set<Repeat> repeats) {
        List<Hold> named = holds.stream().filter(h -> h.idempotencyKey().isPresent()).toList();
        if (named.isEmpty()) {
            return;
        }
        bundle.query(
                REPEATED,
                params ->
                        params.numbers(named, Hold::accountId)
                                .texts(named, hold -> hold.idempotencyKey().orElseThrow()),
                rows -> {
                    while (rows.next()) {
                        repeats.add(new Repeat(rows.getLong(1), rows.getString(2)));
                    }
                });
    }

    /// Locks open charges.
    ///
    /// @param ours takes those that are ours to close
    static void lockHeld(Bundle bundle, List<Open> charges, Set<String> ours) {
        if (charges.isEmpty()) {
            return;
        }
        bundle.query(
                LOCK_HELD,
                params -> params.texts(charges, Open::id).texts(charges, Open::ownerBoot),
                rows -> {
                    while (rows.next()) {
                        ours.add(rows.getString(1));
                    }
                });
    }

    /// Closes charges that are locked.
    static void close(Bundle bundle, List<Closed> rows, Instant now) {
        if (rows.isEmpty()) {
            return;
        }
        bundle.update(
                CLOSE,
                params ->
                        params.time(now)
                                .texts(rows, r -> r.open().id())
                                .texts(rows, r -> r.settled() ? "settled" : "refunded")
                                .numbers(rows, r -> r.cost().sats().value())
                                .numbers(rows, r -> r.cost().credit().value()),
                rows.size(),
                "locked charges were closed");
    }

    /// The balances of accounts that have any.
    ///
    /// @param pots takes them
    static void pots(Bundle bundle, Set<Long> accounts, Map<Long, Pots> pots) {
        bundle.query(
                POTS,
                params -> params.texts(List.copyOf(accounts), id -> Long.toString(id)),
                rows -> {
                    while (rows.next()) {
                        Msat balance = Msat.of(rows.getLong(3));
                        Pots pot =
                                rows.getString(2).equals("sats")
                                        ? new Pots(balance, Msat.ZERO)
                                        : new Pots(Msat.ZERO, balance);
                        pots.merge(rows.getLong(1), pot, Pots::plus);
                    }
                });
    }

    /// What is known of an Idempotency-Key of an account.
    static Optional<Known> known(Connection c, long accountId, String idempotencyKey)
            throws SQLException {
        try (PreparedStatement query = c.prepareStatement(KNOWN)) {
            query.setLong(1, accountId);
            query.setString(2, idempotencyKey);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next()
                        ? Optional.of(
                                new Known(
                                        rows.getString(1),
                                        Msat.of(rows.getLong(2)),
                                        Optional.ofNullable(rows.getString(3))))
                        : Optional.empty();
            }
        }
    }

    /// Open charges of gateways that are gone, and this boot's own.
    ///
    /// @param live those that somebody is at work on
    static List<Open> open(Connection c, String ownBoot, List<String> live, int countMax)
            throws SQLException {
        List<Open> open = new ArrayList<>();
        try (PreparedStatement query = c.prepareStatement(OPEN)) {
            query.setArray(1, Columns.texts(c, live, id -> id));
            query.setString(2, ownBoot);
            query.setInt(3, countMax);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    open.add(
                            new Open(
                                    rows.getString(1),
                                    rows.getLong(2),
                                    HexFormat.of().formatHex(rows.getBytes(3)),
                                    rows.getString(4),
                                    rows.getString(5),
                                    new Pots(Msat.of(rows.getLong(6)), Msat.of(rows.getLong(7))),
                                    rows.getObject(8, OffsetDateTime.class).toInstant()));
                }
            }
        }
        return open;
    }

    /// Takes a charge over as it was seen; false when it has moved on or somebody else has it.
    static boolean adopt(Connection c, Open open, String ownBoot) throws SQLException {
        try (PreparedStatement update = c.prepareStatement(ADOPT)) {
            update.setString(1, ownBoot);
            update.setString(2, open.id());
            update.setString(3, open.ownerBoot());
            return update.executeUpdate() == 1;
        }
    }
}
