package me.owlrun.gateway.vault;

import me.owlrun.cashu.CashuJson;
import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Proof;
import me.owlrun.cashu.Scalar;
import me.owlrun.db.Bundle;
import me.owlrun.json.Json;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/// Operations that claim payments and the proofs they make, many payments at once. Every method
/// runs inside the caller's transaction.
public final class ClaimRows {

    private static final String INSERT_OPERATIONS =
            """
            INSERT INTO mint_operation (id, kind, purpose, payment_id, inputs, keyset_id, unit,
                fee_steps, state, created_at, owner_boot, outputs)
            SELECT id, 'swap', 'claim', payment_id, inputs, keyset_id, unit, fee_steps, 'pending',
                ?, owner_boot, outputs
            FROM unnest(?::uuid[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[],
                        ?::text[], ?::text[])
                 AS t (id, payment_id, inputs, keyset_id, unit, fee_steps, owner_boot, outputs)
            WHERE EXISTS (SELECT 1 FROM payment p WHERE p.id = t.payment_id)
            """;

    private static final String CLOSE_OPERATIONS =
            """
            UPDATE mint_operation SET state = 'done', closed_at = ?
            WHERE id = ANY (?) AND state = 'pending'
            """;

    /// Rows are there already when an older version began the claim.
    private static final String INSERT_PROOFS =
            """
            INSERT INTO vault_proof (operation_id, position, unit, keyset_id, amount, secret, r, c,
                state)
            SELECT operation_id, position, unit, keyset_id, amount, secret, r, c, 'held'
            FROM unnest(?::uuid[], ?::bigint[], ?::text[], ?::text[], ?::bigint[], ?::text[],
                        ?::text[], ?::text[])
                 AS t (operation_id, position, unit, keyset_id, amount, secret, r, c)
            ON CONFLICT (operation_id, position) DO UPDATE SET c = excluded.c, state = 'held'
            """;

    private static final String SELECT_HELD =
            """
            SELECT o.payment_id, false AS of_kit, p.id, p.amount, p.keyset_id, p.secret, p.c
            FROM mint_operation o JOIN vault_proof p ON p.operation_id = o.id
            WHERE o.payment_id = ANY (?) AND o.purpose = 'claim' AND p.state = 'held'
                AND p.kit_id IS NULL
            UNION ALL
            SELECT k.payment_id, true, p.id, p.amount, p.keyset_id, p.secret, p.c
            FROM kit k JOIN vault_proof p ON p.kit_id = k.id
            WHERE k.payment_id = ANY (?) AND k.state = 'reserved' AND p.state = 'held'
            """;

    private static final String GIVE =
            """
            UPDATE vault_proof v SET kit_id = NULL,
                state = CASE g.swap WHEN '' THEN 'given' ELSE 'spending' END,
                given_to = CASE g.swap WHEN '' THEN g.payment_id END,
                spent_by = nullif(g.swap, '')::uuid
            FROM unnest(?::bigint[], ?::text[], ?::text[]) AS g (id, payment_id, swap)
            WHERE v.id = g.id AND v.state = 'held'
            """;

    /// Before the kits are marked as used: reserved ones are found by their payment.
    private static final String LOOSEN =
            """
            UPDATE vault_proof SET kit_id = NULL
            WHERE state = 'held' AND kit_id IN (
                SELECT id FROM kit WHERE payment_id = ANY (?) AND state = 'reserved')
            """;

    private static final String USE =
            """
            UPDATE kit SET state = 'used' WHERE payment_id = ANY (?) AND state = 'reserved'
            """;

    private static final String FREE =
            """
            UPDATE kit SET state = 'free', payment_id = NULL
            WHERE payment_id = ANY (?) AND state = 'reserved'
            """;

    private ClaimRows() {}

    /// A claim to be written down.
    public record Claim(String paymentId, String bootId, MintOperation operation) {}

    /// A claim that the mint has signed.
    ///
    /// @param proofs one for each output, in order
    public record Signed(MintOperation operation, List<Proof> proofs) {}

    /// What may be given to the buyer of a payment.
    ///
    /// @param own what the payment was turned into
    /// @param kit the small coins reserved for it
    public record Held(List<VaultProof> own, List<VaultProof> kit) {
        private static Held none() {
            return new Held(new ArrayList<>(), new ArrayList<>());
        }
    }

    /// What a payment's buyer gets.
    ///
    /// @param small what of it comes out of the reserved kit; the kit is free again when that is
    ///   none
    public record Gift(String paymentId, Part own, Part small) {}

    /// Proofs that leave the vault for a buyer.
    ///
    /// @param swap the swap that spends them for the buyer's blanks; empty when they are given as
    ///   they are
    public record Part(List<VaultProof> proofs, Optional<UUID> swap) {}

    /// Writes claims down. Those whose payment is not there are left out.
    public static void insert(Bundle bundle, List<Claim> claims, Instant now) {
        bundle.update(
                INSERT_OPERATIONS,
                params ->
                        params.time(now)
                                .uuids(claims, c -> c.operation().id())
                                .texts(claims, Claim::paymentId)
                                .texts(claims, ClaimRows::inputs)
                                .texts(claims, c -> c.operation().keysetId().value())
                                .texts(claims, c -> c.operation().unit().text())
                                .numbers(claims, c -> c.operation().feeSteps())
                                .texts(claims, Claim::bootId)
                                .texts(claims, c -> text(c.operation().outputs())));
    }

    private static String inputs(Claim claim) {
        return Json.text(CashuJson.toJson(claim.operation().inputs(), CashuJson::toJson));
    }

    /// Records the mint's signatures on claims that are open.
    public static void done(Bundle bundle, List<Signed> claims, Instant now) {
        if (claims.isEmpty()) {
            return;
        }
        List<Coin> coins = new ArrayList<>();
        for (Signed claim : claims) {
            for (int i = 0; i < claim.proofs().size(); i++) {
                coins.add(
                        new Coin(
                                claim.operation(),
                                i,
                                claim.operation().outputs().get(i),
                                claim.proofs().get(i)));
            }
        }
        bundle.update(
                CLOSE_OPERATIONS,
                params -> params.time(now).uuids(claims, c -> c.operation().id()),
                claims.size(),
                "claims were open while their payments were");
        bundle.update(
                INSERT_PROOFS,
                params ->
                        params.uuids(coins, coin -> coin.operation().id())
                                .numbers(coins, Coin::position)
                                .texts(coins, coin -> coin.operation().unit().text())
                                .texts(coins, coin -> coin.output().keysetId().value())
                                .numbers(coins, coin -> coin.output().amount())
                                .texts(coins, coin -> coin.output().secret())
                                .texts(coins, coin -> coin.output().r().toHex())
                                .texts(coins, coin -> coin.proof().c().toHex()));
    }

    /// One proof with what its row needs beside it.
    private record Coin(MintOperation operation, long position, OutputData output, Proof proof) {}

    /// The proofs at hand for each of these payments.
    ///
    /// @param held takes them
    public static void held(Bundle bundle, List<String> paymentIds, Map<String, Held> held) {
        if (paymentIds.isEmpty()) {
            return;
        }
        paymentIds.forEach(id -> held.put(id, Held.none()));
        bundle.query(
                SELECT_HELD,
                params -> params.texts(paymentIds, id -> id).texts(paymentIds, id -> id),
                rows -> {
                    while (rows.next()) {
                        Held of = held.computeIfAbsent(rows.getString(1), _ -> Held.none());
                        (rows.getBoolean(2) ? of.kit() : of.own())
                                .add(
                                        VaultProof.of(
                                                rows.getLong(3),
                                                rows.getLong(4),
                                                rows.getString(5),
                                                rows.getString(6),
                                                rows.getString(7)));
                    }
                });
    }

    /// One proof for one buyer.
    private record Given(VaultProof proof, String paymentId, Optional<UUID> swap) {

        private static void addTo(List<Given> all, String paymentId, Part part) {
            part.proofs.forEach(proof -> all.add(new Given(proof, paymentId, part.swap)));
        }
    }

    /// Gives proofs to buyers and lets kits go. Swaps that spend proofs are written down before.
    /// The bundle throws when a proof is no longer here.
    public static void give(Bundle bundle, List<Gift> gifts) {
        if (gifts.isEmpty()) {
            return;
        }
        List<Given> given = new ArrayList<>();
        for (Gift gift : gifts) {
            Given.addTo(given, gift.paymentId(), gift.own());
            Given.addTo(given, gift.paymentId(), gift.small());
        }
        Map<Boolean, List<String>> byUse =
                gifts.stream()
                        .collect(
                                Collectors.partitioningBy(
                                        gift -> gift.small().proofs().isEmpty(),
                                        Collectors.mapping(Gift::paymentId, Collectors.toList())));
        List<String> free = byUse.getOrDefault(true, List.of());
        List<String> used = byUse.getOrDefault(false, List.of());
        bundle.update(
                GIVE,
                params ->
                        params.numbers(given, g -> g.proof().rowId())
                                .texts(given, Given::paymentId)
                                .texts(given, g -> g.swap().map(UUID::toString).orElse("")),
                given.size(),
                "proofs were still here");
        if (!used.isEmpty()) {
            bundle.update(LOOSEN, params -> params.texts(used, id -> id));
            bundle.update(USE, params -> params.texts(used, id -> id));
        }
        bundle.update(FREE, params -> params.texts(free, id -> id));
    }

    /// Outputs as one text.
    private static String text(List<OutputData> outputs) {
        return outputs.stream()
                .map(output -> output.amount() + " " + output.secret() + " " + output.r().toHex())
                .collect(Collectors.joining(","));
    }

    /// Outputs out of their text.
    static List<OutputData> outputs(String text, KeysetId keysetId) {
        return Arrays.stream(text.split(",", -1))
                .map(line -> line.split(" ", -1))
                .map(word ->
                        new OutputData(
                                Long.parseLong(word[0]),
                                keysetId,
                                word[1],
                                Scalar.fromHex(word[2])))
                .toList();
    }
}
