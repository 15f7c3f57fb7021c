package me.owlrun.gateway.vault;

import me.owlrun.cashu.CashuJson;
import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Proof;
import me.owlrun.cashu.Scalar;
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
import java.util.HashMap;
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

    /// Writes claims down.
    public static void insert(Connection connection, List<Claim> claims, Instant now)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT_OPERATIONS)) {
            insert.setObject(1, now.atOffset(ZoneOffset.UTC));
            insert.setArray(2, Columns.uuids(connection, claims, c -> c.operation().id()));
            insert.setArray(3, Columns.texts(connection, claims, Claim::paymentId));
            insert.setArray(
                    4,
                    Columns.texts(
                            connection,
                            claims,
                            c ->
                                    Json.text(
                                            CashuJson.toJson(
                                                    c.operation().inputs(), CashuJson::toJson))));
            insert.setArray(
                    5, Columns.texts(connection, claims, c -> c.operation().keysetId().value()));
            insert.setArray(6, Columns.texts(connection, claims, c -> c.operation().unit().text()));
            insert.setArray(7, Columns.numbers(connection, claims, c -> c.operation().feeSteps()));
            insert.setArray(8, Columns.texts(connection, claims, Claim::bootId));
            insert.setArray(
                    9, Columns.texts(connection, claims, c -> text(c.operation().outputs())));
            insert.executeUpdate();
        }
    }

    /// Records the mint's signatures.
    ///
    /// @return whether all of these claims were open
    public static boolean done(Connection connection, List<Signed> claims, Instant now)
            throws SQLException {
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
        try (PreparedStatement write =
                connection.prepareStatement(CLOSE_OPERATIONS + ";" + INSERT_PROOFS)) {
            write.setObject(1, now.atOffset(ZoneOffset.UTC));
            write.setArray(2, Columns.uuids(connection, claims, c -> c.operation().id()));
            fill(connection, write, 3, coins);
            return Columns.counts(write).getFirst() == claims.size();
        }
    }

    /// One proof with what its row needs beside it.
    private record Coin(MintOperation operation, long position, OutputData output, Proof proof) {}

    private static void fill(Connection c, PreparedStatement write, int first, List<Coin> coins)
            throws SQLException {
        write.setArray(first, Columns.uuids(c, coins, coin -> coin.operation().id()));
        write.setArray(first + 1, Columns.numbers(c, coins, Coin::position));
        write.setArray(first + 2, Columns.texts(c, coins, coin -> coin.operation().unit().text()));
        write.setArray(
                first + 3, Columns.texts(c, coins, coin -> coin.output().keysetId().value()));
        write.setArray(first + 4, Columns.numbers(c, coins, coin -> coin.output().amount()));
        write.setArray(first + 5, Columns.texts(c, coins, coin -> coin.output().secret()));
        write.setArray(first + 6, Columns.texts(c, coins, coin -> coin.output().r().toHex()));
        write.setArray(first + 7, Columns.texts(c, coins, coin -> coin.proof().c().toHex()));
    }

    /// The proofs at hand for each of these payments.
    public static Map<String, Held> held(Connection connection, List<String> paymentIds)
            throws SQLException {
        Map<String, Held> held = new HashMap<>();
        paymentIds.forEach(id -> held.put(id, Held.none()));
        try (PreparedStatement query = connection.prepareStatement(SELECT_HELD)) {
            query.setArray(1, Columns.texts(connection, paymentIds, id -> id));
            query.setArray(2, Columns.texts(connection, paymentIds, id -> id));
            try (ResultSet rows = query.executeQuery()) {
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
            }
        }
        return held;
    }

    /// One proof for one buyer.
    private record Given(VaultProof proof, String paymentId, Optional<UUID> swap) {

        private static void addTo(List<Given> all, String paymentId, Part part) {
            part.proofs.forEach(proof -> all.add(new Given(proof, paymentId, part.swap)));
        }
    }

    /// Gives proofs to buyers and lets kits go. Swaps that spend proofs are written down before.
    ///
    /// @throws IllegalStateException when a proof is no longer here
    public static void give(Connection connection, List<Gift> gifts) throws SQLException {
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
        try (PreparedStatement write =
                connection.prepareStatement(String.join(";", GIVE, LOOSEN, USE, FREE))) {
            write.setArray(1, Columns.numbers(connection, given, g -> g.proof().rowId()));
            write.setArray(2, Columns.texts(connection, given, Given::paymentId));
            write.setArray(
                    3,
                    Columns.texts(connection, given, g -> g.swap().map(UUID::toString).orElse("")));
            write.setArray(4, Columns.texts(connection, used, id -> id));
            write.setArray(5, Columns.texts(connection, used, id -> id));
            write.setArray(6, Columns.texts(connection, free, id -> id));
            int changed = Columns.counts(write).getFirst();
            if (changed != given.size()) {
                throw new IllegalStateException(
                        "only %d of %d proofs were still here".formatted(changed, given.size()));
            }
        }
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
