package me.owlrun.gateway.pay;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.db.Bundle;
import me.owlrun.gateway.vault.ClaimRows;
import me.owlrun.gateway.vault.KitStore;
import me.owlrun.gateway.vault.MintOperation;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
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

    /// A payment in sats without a kit is taken back.
    private static final String TAKE_BACK =
            """
            DELETE FROM payment p WHERE id = ANY (?) AND NOT EXISTS (
                SELECT 1 FROM kit WHERE payment_id = p.id AND state = 'reserved')
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

    /// Writes intents down in one round trip, and says of each what came of it.
    static List<PaymentStore.Begun> write(Connection connection, List<Intent> intents, Instant now)
            throws SQLException {
        Set<String> fresh = new HashSet<>();
        Set<String> withKit = new HashSet<>();
        List<String> inSats =
                intents.stream()
                        .filter(intent -> intent.payment().unit() == CurrencyUnit.SAT)
                        .map(Intent::id)
                        .toList();
        Bundle bundle = new Bundle();
        insert(bundle, intents, now, fresh);
        KITS.reserve(bundle, inSats, withKit);
        if (!inSats.isEmpty()) {
            bundle.update(TAKE_BACK, params -> params.texts(inSats, id -> id));
        }
        ClaimRows.insert(
                bundle,
                intents.stream()
                        .map(intent ->
                                new ClaimRows.Claim(
                                        intent.id(), intent.payment().ownerBoot(), intent.claim()))
                        .toList(),
                now);
        bundle.run(connection);
        return intents.stream()
                .map(intent -> {
                    if (!fresh.contains(intent.id())) {
                        return PaymentStore.Begun.REPEATED;
                    }
                    boolean needsKit = intent.payment().unit() == CurrencyUnit.SAT;
                    return needsKit && !withKit.contains(intent.id())
                            ? PaymentStore.Begun.NO_KIT
                            : PaymentStore.Begun.STARTED;
                })
                .toList();
    }

    private static void insert(
            Bundle bundle, List<Intent> intents, Instant now, Set<String> fresh) {
        bundle.query(
                INSERT,
                params ->
                        params.time(now)
                                .time(now)
                                .texts(intents, Intent::id)
                                .texts(intents, i -> i.tender().key())
                                .texts(intents, i -> i.idempotencyKey().orElse(""))
                                .texts(intents, i -> i.payment().ownerBoot())
                                .texts(intents, i -> i.payment().model())
                                .texts(intents, i -> i.payment().unit().text())
                                .texts(intents, i -> i.payment().encoding().name())
                                .numbers(intents, i -> i.payment().paid().value())
                                .texts(
                                        intents,
                                        i -> i.payment().blanks().map(Blanks::text).orElse("")),
                rows -> {
                    while (rows.next()) {
                        fresh.add(rows.getString(1));
                    }
                });
    }
}
