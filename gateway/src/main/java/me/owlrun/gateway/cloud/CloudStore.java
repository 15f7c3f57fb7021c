package me.owlrun.gateway.cloud;

import me.owlrun.db.Database;
import me.owlrun.db.Migration;
import me.owlrun.gateway.account.ApiKey;
import me.owlrun.gateway.account.KeyStore;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.gateway.job.Task;

import java.io.InputStream;
import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/// The rows of `cloud_node`.
final class CloudStore {

    private static final String MIGRATION = "V042__cloud.sql";

    private static final String SELECT =
            """
            SELECT provider_id, node_id, name, base_url, models, upstream, tasks, capacity, paused,
                problem, key_id, sealed_token, version, created_at
            FROM cloud_node
            """;

    private static final String ALL = SELECT + "ORDER BY provider_id, node_id";
    private static final String OF_PROVIDER =
            SELECT + "WHERE provider_id = ? ORDER BY created_at, node_id";
    private static final String FIND = SELECT + "WHERE provider_id = ? AND node_id = ?";
    private static final String UNDER_OLD_KEYS =
            SELECT + "WHERE key_id <> ? ORDER BY provider_id, node_id";

    private static final String LOCK_ACCOUNT = "SELECT 1 FROM user_account WHERE id = ? FOR UPDATE";
    private static final String COUNT = "SELECT count(*) FROM cloud_node WHERE provider_id = ?";

    private static final String ADD =
            """
            INSERT INTO cloud_node (name, base_url, models, upstream, tasks, capacity, paused,
                problem, key_id, sealed_token, changed_at, version, created_at, provider_id,
                node_id)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?)
            """;

    private static final String CHANGE =
            """
            UPDATE cloud_node SET name = ?, base_url = ?, models = ?, upstream = ?, tasks = ?,
                capacity = ?, paused = ?, problem = ?, key_id = ?, sealed_token = ?, changed_at = ?,
                version = version + 1
            WHERE provider_id = ? AND node_id = ? AND version = ?
            """;

    private static final String PAUSE =
            """
            UPDATE cloud_node SET paused = true, problem = ?, changed_at = ?, version = version + 1
            WHERE provider_id = ? AND node_id = ? AND version = ?
            """;

    private static final String RESEAL =
            """
            UPDATE cloud_node SET key_id = ?, sealed_token = ?, version = version + 1
            WHERE provider_id = ? AND node_id = ? AND version = ?
            """;

    private static final String DELETE =
            """
            DELETE FROM cloud_node WHERE provider_id = ? AND node_id = ?
            """;

    private static final String BY_KEY =
            """
            SELECT key_id, count(*) FROM cloud_node GROUP BY key_id ORDER BY key_id
            """;

    private final KeyStore keys = new KeyStore();
    private final Database database;
    private final InstantSource clock;

    CloudStore(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    static Migration migration() {
        InputStream sql = CloudStore.class.getResourceAsStream(MIGRATION);
        return Migration.read(MIGRATION, Objects.requireNonNull(sql, MIGRATION));
    }

    /// The account of a provider's key.
    OptionalLong provider(ApiKey key) {
        return database.read(
                connection -> keys.find(connection, KeyStore.Kind.PROVIDER, key.sha256()));
    }

    /// The same; a new key opens an account. Empty when the key was revoked.
    OptionalLong providerOrNew(ApiKey key) {
        return database.transaction(connection ->
                keys.findOrOpen(connection, KeyStore.Kind.PROVIDER, key.sha256(), now()));
    }

    /// Whether the operator has paused the account of a key.
    boolean isPaused(ApiKey key) {
        return database.read(connection -> keys.isPaused(connection, key.sha256()));
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }

    /// How many cloud nodes an account has.
    long count(long providerId) {
        return database.read(connection -> count(connection, providerId));
    }

    private static long count(Connection connection, long providerId) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(COUNT)) {
            query.setLong(1, providerId);
            try (ResultSet rows = query.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }

    /// Adds a node; false when the account has as many as it may.
    boolean add(StoredNode stored, long nodesMax) {
        NodeIdentity identity = stored.node().identity();
        return database.transaction(connection -> {
            try (PreparedStatement lock = connection.prepareStatement(LOCK_ACCOUNT)) {
                lock.setLong(1, identity.providerId());
                lock.executeQuery().close();
            }
            if (count(connection, identity.providerId()) >= nodesMax) {
                return false;
            }
            try (PreparedStatement insert = connection.prepareStatement(ADD)) {
                int next = set(insert, connection, stored);
                insert.setObject(next, stored.node().createdAt().atOffset(ZoneOffset.UTC));
                insert.setLong(next + 1, identity.providerId());
                insert.setString(next + 2, identity.nodeId());
                return insert.executeUpdate() == 1;
            }
        });
    }

    /// Writes a node as it shall be; false when it changed since it was read, or is gone.
    boolean change(StoredNode stored) {
        return database.transaction(connection -> {
            try (PreparedStatement update = connection.prepareStatement(CHANGE)) {
                int next = set(update, connection, stored);
                return one(update, next, stored.node());
            }
        });
    }

    private int set(PreparedStatement statement, Connection connection, StoredNode stored)
            throws SQLException {
        CloudNode node = stored.node();
        Object[] upstream = node.models().stream().map(node.upstream()::get).toArray();
        Object[] tasks = node.tasks().stream().map(Task::text).sorted().toArray();
        int place = 1;
        statement.setString(place++, node.name());
        statement.setString(place++, node.baseUrl().toString());
        statement.setArray(place++, connection.createArrayOf("text", node.models().toArray()));
        statement.setArray(place++, connection.createArrayOf("text", upstream));
        statement.setArray(place++, connection.createArrayOf("text", tasks));
        statement.setInt(place++, node.capacity());
        statement.setBoolean(place++, node.paused());
        statement.setString(place++, node.problem());
        statement.setString(place++, stored.token().keyId());
        statement.setBytes(place++, stored.token().bytes());
        statement.setObject(place++, now());
        return place;
    }

    private static boolean one(PreparedStatement update, int place, CloudNode node)
            throws SQLException {
        update.setLong(place, node.identity().providerId());
        update.setString(place + 1, node.identity().nodeId());
        update.setLong(place + 2, node.version());
        return update.executeUpdate() == 1;
    }

    /// Gives a node no more jobs, unless it changed since it was read.
    boolean pause(CloudNode node, String problem) {
        return database.transaction(connection -> {
            try (PreparedStatement update = connection.prepareStatement(PAUSE)) {
                update.setString(1, problem);
                update.setObject(2, now());
                return one(update, 3, node);
            }
        });
    }

    /// Replaces the sealed token by the same token under another key.
    boolean reseal(CloudNode node, SealedToken token) {
        return database.transaction(connection -> {
            try (PreparedStatement update = connection.prepareStatement(RESEAL)) {
                update.setString(1, token.keyId());
                update.setBytes(2, token.bytes());
                return one(update, 3, node);
            }
        });
    }

    boolean delete(NodeIdentity node) {
        return database.transaction(connection -> {
            try (PreparedStatement delete = connection.prepareStatement(DELETE)) {
                delete.setLong(1, node.providerId());
                delete.setString(2, node.nodeId());
                return delete.executeUpdate() == 1;
            }
        });
    }

    /// How many tokens are sealed under each key.
    Map<String, Long> byKey() {
        return database.read(connection -> {
            Map<String, Long> counts = new LinkedHashMap<>();
            try (PreparedStatement query = connection.prepareStatement(BY_KEY);
                    ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    counts.put(rows.getString(1), rows.getLong(2));
                }
            }
            return counts;
        });
    }

    /// All nodes of all owners.
    List<StoredNode> all() {
        return database.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(ALL)) {
                return list(query);
            }
        });
    }

    /// Those whose tokens are not sealed under this key.
    List<StoredNode> notUnder(String keyId) {
        return database.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(UNDER_OLD_KEYS)) {
                query.setString(1, keyId);
                return list(query);
            }
        });
    }

    /// All nodes of an owner.
    List<StoredNode> of(long providerId) {
        return database.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(OF_PROVIDER)) {
                query.setLong(1, providerId);
                return list(query);
            }
        });
    }

    Optional<StoredNode> find(NodeIdentity node) {
        return database.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(FIND)) {
                query.setLong(1, node.providerId());
                query.setString(2, node.nodeId());
                return list(query).stream().findFirst();
            }
        });
    }

    private static List<StoredNode> list(PreparedStatement query) throws SQLException {
        List<StoredNode> nodes = new ArrayList<>();
        try (ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                nodes.add(
                        new StoredNode(
                                node(rows),
                                new SealedToken(
                                        rows.getString("key_id"), rows.getBytes("sealed_token"))));
            }
        }
        return nodes;
    }

    private static CloudNode node(ResultSet rows) throws SQLException {
        List<String> models = texts(rows, "models");
        List<String> names = texts(rows, "upstream");
        Map<String, String> upstream = new LinkedHashMap<>();
        for (int i = 0; i < models.size(); i++) {
            upstream.put(models.get(i), names.get(i));
        }
        return new CloudNode(
                new NodeIdentity(rows.getLong("provider_id"), rows.getString("node_id")),
                rows.getString("name"),
                URI.create(rows.getString("base_url")),
                models,
                upstream,
                Task.named(texts(rows, "tasks")),
                rows.getInt("capacity"),
                rows.getBoolean("paused"),
                rows.getString("problem"),
                rows.getLong("version"),
                rows.getObject("created_at", OffsetDateTime.class).toInstant());
    }

    private static List<String> texts(ResultSet rows, String column) throws SQLException {
        return List.of((String[]) rows.getArray(column).getArray());
    }
}
