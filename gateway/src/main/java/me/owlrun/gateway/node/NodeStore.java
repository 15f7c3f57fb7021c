package me.owlrun.gateway.node;

import me.owlrun.db.Database;
import me.owlrun.db.Migration;
import me.owlrun.gateway.account.ApiKey;
import me.owlrun.gateway.account.KeyStore;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.gateway.job.Task;
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
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// The rows of `node`.
public final class NodeStore {

    private static final List<String> MIGRATIONS =
            List.of(
                    "V013__nodes.sql",
                    "V026__node.sql",
                    "V029__tasks.sql",
                    "V032__models_switched.sql",
                    "V037__node_switch.sql");

    private static final String REGISTER =
            """
            INSERT INTO node (provider_id, node_id, gpu, gpu_vendor, vram_total_mb, vram_free_mb,
                models, capacity, protocol, region, version, lightning_address,
                redeem_threshold_sats, referral_code, free_tier_pct, wallet, vram_exact, engine,
                model_context, model_tokens_s, go_client, tasks, lightning_address_changed_at,
                first_registered_at, registered_at, models_last)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (provider_id, node_id) DO UPDATE SET
                gpu = excluded.gpu, gpu_vendor = excluded.gpu_vendor,
                vram_total_mb = excluded.vram_total_mb, vram_free_mb = excluded.vram_free_mb,
                models = excluded.models, capacity = excluded.capacity,
                protocol = excluded.protocol, region = excluded.region,
                version = excluded.version, lightning_address = excluded.lightning_address,
                redeem_threshold_sats = excluded.redeem_threshold_sats,
                referral_code = excluded.referral_code, free_tier_pct = excluded.free_tier_pct,
                wallet = excluded.wallet, vram_exact = excluded.vram_exact,
                engine = excluded.engine, model_context = excluded.model_context,
                model_tokens_s = excluded.model_tokens_s, go_client = excluded.go_client,
                tasks = excluded.tasks,
                lightning_address_changed_at = CASE
                    WHEN node.lightning_address = excluded.lightning_address
                    THEN node.lightning_address_changed_at
                    ELSE excluded.lightning_address_changed_at END,
                registered_at = excluded.registered_at,
                models_switched_at = CASE
                    WHEN excluded.models = '{}' OR node.models_last <@ excluded.models
                    THEN node.models_switched_at ELSE excluded.registered_at END,
                models_last = CASE
                    WHEN excluded.models = '{}' THEN node.models_last ELSE excluded.models END
            RETURNING coalesce((
                SELECT m.reason FROM node_maintenance m
                WHERE m.provider_id = node.provider_id AND m.node_id = node.node_id), '')
                AS maintenance
            """;

    private static final String FIND_NODE =
            """
            SELECT provider_id, node_id, models, capacity, protocol, go_client, tasks,
                free_tier_pct, coalesce((
                SELECT m.reason FROM node_maintenance m
                WHERE m.provider_id = node.provider_id AND m.node_id = node.node_id), '')
                AS maintenance
            FROM node
            WHERE provider_id = (
                    SELECT account_id FROM api_key
                    WHERE key_sha256 = ? AND kind = 'provider' AND revoked_at IS NULL)
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

    /// The migrations that make the tables.
    public static List<Migration> migrations() {
        return MIGRATIONS.stream().map(NodeStore::migration).toList();
    }

    private static Migration migration(String name) {
        InputStream sql = NodeStore.class.getResourceAsStream(name);
        return Migration.read(name, Objects.requireNonNull(sql, name));
    }

    /// A node that may connect.
    ///
    /// @param protocol 2 when it knows our additions
    /// @param units how it reads amounts
    /// @param tasks what it can do
    /// @param maintenance why it gets no jobs, or empty
    /// @param freeTierPct how much of its capacity it gives away, in per cent
    record Registered(
            NodeIdentity identity,
            Set<String> models,
            int capacity,
            int protocol,
            Units units,
            Set<Task> tasks,
            String maintenance,
            int freeTierPct) {

        Registered inMaintenance(String reason) {
            return new Registered(
                    identity, models, capacity, protocol, units, tasks, reason, freeTierPct);
        }
    }

    /// Registers a node; its key opens an account at the first use. Empty when the key is revoked.
    Optional<Registered> register(ApiKey key, Registration node) {
        OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
        return database.transaction(connection -> {
            OptionalLong account =
                    keys.findOrOpen(connection, KeyStore.Kind.PROVIDER, key.sha256(), now);
            if (account.isEmpty()) {
                return Optional.empty();
            }
            long provider = account.getAsLong();
            String maintenance = register(connection, provider, node, now);
            return Optional.of(
                    new Registered(
                            new NodeIdentity(provider, node.nodeId()),
                            new LinkedHashSet<>(node.models()),
                            node.capacity(),
                            node.protocol(),
                            node.units(),
                            node.tasks(),
                            maintenance,
                            node.freeTierPct()));
        });
    }

    private static String register(
            Connection connection, long provider, Registration node, OffsetDateTime now)
            throws SQLException {
        Array models = connection.createArrayOf("text", node.models().toArray());
        Array context = perModel(connection, node, node.contextTokens());
        Array speed = perModel(connection, node, node.tokensPerSecond());
        Array tasks =
                connection.createArrayOf("text", node.tasks().stream().map(Task::text).toArray());
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
                        node.wallet(),
                        node.vramExact(),
                        node.engine(),
                        context,
                        speed,
                        node.units() == Units.GO_CLIENT,
                        tasks,
                        now,
                        now,
                        now,
                        models);
        try (PreparedStatement upsert = connection.prepareStatement(REGISTER)) {
            for (int i = 0; i < values.size(); i++) {
                upsert.setObject(i + 1, values.get(i));
            }
            try (ResultSet rows = upsert.executeQuery()) {
                rows.next();
                return rows.getString("maintenance");
            }
        }
    }

    private static Array perModel(
            Connection connection, Registration node, Map<String, Integer> numbers)
            throws SQLException {
        Object[] values =
                node.models().stream().map(model -> numbers.getOrDefault(model, 0)).toArray();
        return connection.createArrayOf("int4", values);
    }

    /// Whether the operator has paused the account of a key.
    boolean isPaused(ApiKey key) {
        return database.read(connection -> keys.isPaused(connection, key.sha256()));
    }

    /// The provider behind a key, if it ever registered.
    OptionalLong providerId(ApiKey key) {
        return database.transaction(
                connection -> keys.find(connection, KeyStore.Kind.PROVIDER, key.sha256()));
    }

    /// What a provider is owed.
    Msat balance(long providerId) {
        return database.transaction(
                connection -> ledger.balance(connection, Account.sats(providerId)));
    }

    /// The node of this name, or the one of this key that registered last.
    Optional<Registered> find(ApiKey key, Optional<String> nodeId) {
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
                rows.getInt("protocol"),
                rows.getBoolean("go_client") ? Units.GO_CLIENT : Units.SEED,
                Task.named(List.of((String[]) rows.getArray("tasks").getArray())),
                rows.getString("maintenance"),
                rows.getInt("free_tier_pct"));
    }
}
