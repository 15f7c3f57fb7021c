package me.owlrun.gateway.node;

import me.owlrun.db.Database;
import me.owlrun.db.Migration;
import me.owlrun.gateway.account.KeyStore;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.gateway.ledger.Account;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.money.Msat;

import java.io.InputStream;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// The rows of `node`.
public final class NodeStore {

    private static final String MIGRATION = "V013__nodes.sql";

    private static final String REGISTER =
            """
            INSERT INTO node (provider_id, node_id, gpu, gpu_vendor, vram_total_mb, vram_free_mb,
                models, capacity, protocol, region, version, lightning_address,
                redeem_threshold_sats, referral_code, free_tier_pct, first_registered_at,
                registered_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (provider_id, node_id) DO UPDATE SET
                gpu = excluded.gpu, gpu_vendor = excluded.gpu_vendor,
                vram_total_mb = excluded.vram_total_mb, vram_free_mb = excluded.vram_free_mb,
                models = excluded.models, capacity = excluded.capacity,
                protocol = excluded.protocol, region = excluded.region,
                version = excluded.version, lightning_address = excluded.lightning_address,
                redeem_threshold_sats = excluded.redeem_threshold_sats,
                referral_code = excluded.referral_code, free_tier_pct = excluded.free_tier_pct,
                registered_at = excluded.registered_at
            """;

    private static final String FIND_NODE =
            """
            SELECT provider_id, node_id, models, capacity, protocol FROM node
            WHERE provider_id = (
                    SELECT account_id FROM api_key WHERE key_sha256 = ? AND kind = 'provider')
                AND (?::text IS NULL OR node_id = ?)
            ORDER BY registered_at DESC, node_id LIMIT 1
            """;

    private final KeyStore keys = new KeyStore();
    private final Database database;
    private final LedgerStore ledger;
    private final InstantSource clock;

    /// @param database where the tables lie
    /// @param ledger knows what providers are owed
    public NodeStore(Database database, LedgerStore ledger, InstantSource clock) {
        this.database = database;
        this.ledger = ledger;
        this.clock = clock;
    }

    /// The migration that makes the tables.
    public static Migration migration() {
        InputStream sql = NodeStore.class.getResourceAsStream(MIGRATION);
        return Migration.read(MIGRATION, Objects.requireNonNull(sql, MIGRATION));
    }

    /// A node that may connect.
    ///
    /// @param protocol 2 when it knows our additions
    record Registered(NodeIdentity identity, Set<String> models, int capacity, int protocol) {}

    /// Registers a node; its key opens an account at the first use.
    Registered register(ProviderKey key, Registration node) {
        OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
        return database.transaction(connection -> {
            long provider = keys.findOrOpen(connection, KeyStore.Kind.PROVIDER, key.sha256(), now);
            register(connection, provider, node, now);
            return new Registered(
                    new NodeIdentity(provider, node.nodeId()),
                    new LinkedHashSet<>(node.models()),
                    node.capacity(),
                    node.protocol());
        });
    }

    private static void register(
            Connection connection, long provider, Registration node, OffsetDateTime now)
            throws SQLException {
        Array models = connection.createArrayOf("text", node.models().toArray());
        List<Object> values =
                List.of(
                        provider,
                        node.nodeId(),
                        node.gpu(),
                        node.gpuVendor(),
                        node.vramTotalMb(),
                        node.vramFreeMb(),
                        models,
                        node.capacity(),
                        node.protocol(),
                        node.region(),
                        node.version(),
                        node.lightningAddress(),
                        node.redeemThresholdSats(),
                        node.referralCode(),
                        node.freeTierPct(),
                        now,
                        now);
        try (PreparedStatement upsert = connection.prepareStatement(REGISTER)) {
            for (int i = 0; i < values.size(); i++) {
                upsert.setObject(i + 1, values.get(i));
            }
            upsert.executeUpdate();
        }
    }

    /// The provider behind a key, if it ever registered.
    OptionalLong providerId(ProviderKey key) {
        return database.transaction(
                connection -> keys.find(connection, KeyStore.Kind.PROVIDER, key.sha256()));
    }

    /// What a provider is owed.
    Msat balance(long providerId) {
        return database.transaction(
                connection -> ledger.balance(connection, Account.sats(providerId)));
    }

    /// The node of this name, or the one of this key that registered last.
    Optional<Registered> find(ProviderKey key, Optional<String> nodeId) {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(FIND_NODE)) {
                query.setBytes(1, key.sha256());
                query.setString(2, nodeId.orElse(null));
                query.setString(3, nodeId.orElse(null));
                try (ResultSet rows = query.executeQuery()) {
                    return rows.next() ? Optional.of(registered(rows)) : Optional.empty();
                }
            }
        });
    }

    private static Registered registered(ResultSet rows) throws SQLException {
        String[] models = (String[]) rows.getArray("models").getArray();
        return new Registered(
                new NodeIdentity(rows.getLong("provider_id"), rows.getString("node_id")),
                new LinkedHashSet<>(List.of(models)),
                rows.getInt("capacity"),
                rows.getInt("protocol"));
    }
}
