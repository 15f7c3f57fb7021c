package me.owlrun.gateway.pay;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.db.Columns;
import me.owlrun.gateway.vault.ClaimRows;
import me.owlrun.gateway.vault.KitStore;
import me.owlrun.gateway.vault.MintOperation;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Writes down the intents of many payments: payment, claim with its outputs, and a kit for each
/// payment in sats; each all or nothing.
final class IntentRows {

    private static final String INSERT =
            """
            INSERT INTO payment (id, token_key, idempotency_key, state, owner_boot, model, unit,
                encoding, paid_msat, blanks, created_at, next_attempt_at)
            SELECT id, token_key, nullif(idempotency_key, ''), 'intent', owner_boot, model, unit,
                encoding, paid_msat, nullif(blanks, ''), ?, ?
            FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
                        ?::text[], ?::bigint[], ?::text[])
                 AS t (id, token_key, idempotency_key, owner_boot, model, unit, encoding,
                       paid_msat, blanks)
            ORDER BY token_key
            ON CONFLICT DO NOTHING
            RETURNING id
            """;

    private static final String TAKE_BACK =
            """
            DELETE FROM payment WHERE id = ANY (?)
            """;

    private static final KitStore KITS = new KitStore();

    private IntentRows() {}

    /// An intent.
    ///
    /// @param idempotencyKey the hash of the header's text
    record Intent(
            Payment payment, Tender tender, Optional<String> idempotencyKey, MintOperation claim) {

        private String id() {
            return payment.id();
        }
    }

    /// Writes intents down, and says of each what came of it.
    static List<PaymentStore.Begun> write(Connection connection, List<Intent> intents, Instant now)
            throws SQLException {
        Set<String> fresh = insert(connection, intents, now);
        List<String> inSats =
                intents.stream()
                        .filter(intent -> intent.payment().unit() == CurrencyUnit.SAT)
                        .map(Intent::id)
                        .filter(fresh::contains)
                        .toList();
        Set<String> withoutKit = new HashSet<>(inSats);
        withoutKit.removeAll(KITS.reserve(connection, inSats));
        takeBack(connection, withoutKit);
        List<ClaimRows.Claim> claims =
                intents.stream()
                        .filter(intent ->
                                fresh.contains(intent.id()) && !withoutKit.contains(intent.id()))
                        .map(intent ->
                                new ClaimRows.Claim(
                                        intent.id(), intent.payment().ownerBoot(), intent.claim()))
                        .toList();
        ClaimRows.insert(connection, claims, now);
        return intents.stream()
                .map(intent -> {
                    if (!fresh.contains(intent.id())) {
                        return PaymentStore.Begun.REPEATED;
                    }
                    return withoutKit.contains(intent.id())
                            ? PaymentStore.Begun.NO_KIT
                            : PaymentStore.Begun.STARTED;
                })
                .toList();
    }

    private static Set<String> insert(Connection c, List<Intent> intents, Instant at)
            throws SQLException {
        OffsetDateTime now = at.atOffset(ZoneOffset.UTC);
        Set<String> fresh = new HashSet<>();
        try (PreparedStatement insert = c.prepareStatement(INSERT)) {
            insert.setObject(1, now);
            insert.setObject(2, now);
            insert.setArray(3, Columns.texts(c, intents, Intent::id));
            insert.setArray(4, Columns.texts(c, intents, i -> i.tender().key()));
            insert.setArray(5, Columns.texts(c, intents, i -> i.idempotencyKey().orElse("")));
            insert.setArray(6, Columns.texts(c, intents, i -> i.payment().ownerBoot()));
            insert.setArray(7, Columns.texts(c, intents, i -> i.payment().model()));
            insert.setArray(8, Columns.texts(c, intents, i -> i.payment().unit().text()));
            insert.setArray(9, Columns.texts(c, intents, i -> i.payment().encoding().name()));
            insert.setArray(10, Columns.numbers(c, intents, i -> i.payment().paid().value()));
            insert.setArray(
                    11,
                    Columns.texts(
                            c, intents, i -> i.payment().blanks().map(Blanks::text).orElse("")));
            try (ResultSet rows = insert.executeQuery()) {
                while (rows.next()) {
                    fresh.add(rows.getString(1));
                }
            }
        }
        return fresh;
    }

    private static void takeBack(Connection connection, Set<String> ids) throws SQLException {
        if (ids.isEmpty()) {
            return;
        }
        try (PreparedStatement delete = connection.prepareStatement(TAKE_BACK)) {
            delete.setArray(1, Columns.texts(connection, List.copyOf(ids), id -> id));
            delete.executeUpdate();
        }
    }
}
