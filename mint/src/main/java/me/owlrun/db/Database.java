package me.owlrun.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import com.zaxxer.hikari.pool.HikariPool;

import me.owlrun.config.Secret;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/// A pool of connections and the one way to use them: [#transaction]. Thread-safe.
public final class Database implements AutoCloseable {

    /// PostgreSQL's SQLSTATE for a violated unique constraint.
    public static final String UNIQUE_VIOLATION = "23505";

    /// Plans are made once per statement and connection: making one costs more than carrying it out
    /// for a row or two. As a plan may be made while a table is still empty and kept while it
    /// grows, it must not read whole tables where there is an index, nor whole indexes to join them
    /// with the few rows that a batch names.
    private static final String PLANS =
            "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off"
                    + " -c enable_mergejoin=off -c enable_hashjoin=off";

    /// A process that hangs in the middle of a transaction must not keep its locks from those who
    /// take over from it; nothing here waits for anybody else while a transaction is open.
    private static final String HANGING = " -c idle_in_transaction_session_timeout=10s";

    /// One that hangs in the middle of a message is not idle to PostgreSQL; from version 17 on
    /// there is a bound for that. Nothing but reports and migrations takes that long.
    private static final String BOUNDED = transactionTimeout("20s", false);

    private static final String UNBOUNDED = transactionTimeout("0", true);

    /// Questions to whole tables are planned by what is in them.
    private static final String FREE_PLANS =
            "SET LOCAL plan_cache_mode = auto; SET LOCAL enable_seqscan = on;"
                    + " SET LOCAL enable_mergejoin = on; SET LOCAL enable_hashjoin = on";

    private static final String DATA_EXCEPTION = "22";
    private static final String CONSTRAINT_VIOLATION = "23";
    private static final String SERIALIZATION_FAILURE = "40001";
    private static final String DEADLOCK = "40P01";

    /// How often a transaction that lost a race is run before the loss is reported.
    private static final int ATTEMPTS_MAX = 5;

    private static final Duration CONNECTION_WAIT_MAX = Duration.ofSeconds(10);

    private final HikariDataSource pool;

    private Database(HikariDataSource pool) {
        this.pool = pool;
    }

    private static String transactionTimeout(String time, boolean once) {
        return ("SELECT set_config(name, '%s', %s) FROM pg_settings"
                        + " WHERE name = 'transaction_timeout'")
                .formatted(time, once);
    }

    /// Gives a transaction all the time it needs.
    static void takeTime(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(UNBOUNDED);
        }
    }

    /// What a transaction does; it must be safe to run again from the start.
    ///
    /// @param <T> its result
    @FunctionalInterface
    public interface Work<T> {
        /// Runs the statements; committing is not its business.
        T run(Connection connection) throws SQLException;
    }

    /// What a transaction without a result does.
    @FunctionalInterface
    public interface Action {
        /// Runs the statements; committing is not its business.
        void run(Connection connection) throws SQLException;
    }

    /// Opens a pool.
    ///
    /// @param url a `jdbc:postgresql:` address
    /// @param connectionsMax the most connections held at once
    /// @throws DatabaseException when the server cannot be reached
    public static Database open(String url, String user, Secret password, int connectionsMax) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("owlrun");
        config.setJdbcUrl(url);
        config.setUsername(user);
        config.setPassword(password.value());
        config.setMaximumPoolSize(connectionsMax);
        config.setMinimumIdle(1);
        config.setAutoCommit(false);
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setConnectionTimeout(CONNECTION_WAIT_MAX.toMillis());
        config.addDataSourceProperty("reWriteBatchedInserts", "true");
        config.addDataSourceProperty("options", PLANS + HANGING);
        config.setConnectionInitSql(BOUNDED);
        config.setIsolateInternalQueries(true); // what it begins would not be over
        try {
            return new Database(new HikariDataSource(config));
        } catch (HikariPool.PoolInitializationException e) {
            throw new DatabaseException(
                    "PostgreSQL cannot be reached; check the database.* settings and the server",
                    e);
        }
    }

    /// Runs work in one READ COMMITTED transaction and commits it. A deadlock or serialization
    /// failure runs it again; any other failure rolls back.
    ///
    /// @throws DatabaseException when the database fails; the work left no trace unless the
    ///   connection broke during commit, which only an idempotency key can tell
    public <T> T transaction(Work<T> work) {
        for (int attempt = 1; ; attempt++) {
            try (Connection connection = pool.getConnection()) {
                return runOnce(connection, work);
            } catch (SQLException e) {
                if (!isRace(e) || attempt == ATTEMPTS_MAX) {
                    throw new DatabaseException("a transaction failed: " + e.getSQLState(), e);
                }
            }
        }
    }

    /// Runs an action in one transaction, as [#transaction] does.
    public void inTransaction(Action action) {
        boolean done =
                transaction(connection -> {
                    action.run(connection);
                    return true;
                });
        assert done;
    }

    /// How the pool is used at one moment.
    ///
    /// @param active connections in use
    /// @param idle connections that wait for work
    /// @param waiting threads that wait for a connection
    /// @param max the most connections held at once
    public record Pool(int active, int idle, int waiting, int max) {}

    /// How the pool is used now.
    public Pool pool() {
        HikariPoolMXBean now = pool.getHikariPoolMXBean();
        return new Pool(
                now.getActiveConnections(),
                now.getIdleConnections(),
                now.getThreadsAwaitingConnection(),
                pool.getMaximumPoolSize());
    }

    /// Runs queries that change nothing, without a transaction: one round trip less than
    /// [#transaction].
    ///
    /// @throws DatabaseException when the database fails
    public <T> T read(Work<T> queries) {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(true);
            return queries.run(connection);
        } catch (SQLException e) {
            throw new DatabaseException("a query failed: " + e.getSQLState(), e);
        }
    }

    /// Runs queries that all see the database as it is at one moment, and change nothing.
    ///
    /// @throws DatabaseException when the database fails
    public <T> T snapshot(Work<T> queries) {
        return transaction(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
                statement.execute(FREE_PLANS);
            }
            takeTime(connection);
            return queries.run(connection);
        });
    }

    /// Whether the database failed because of what it was given: a value or a rule of a table.
    public static boolean isDataError(DatabaseException e) {
        return e.getCause() instanceof SQLException cause
                && cause.getSQLState() != null
                && (cause.getSQLState().startsWith(DATA_EXCEPTION)
                        || cause.getSQLState().startsWith(CONSTRAINT_VIOLATION));
    }

    /// Whether the database refused a row because its key was there already.
    public static boolean isUniqueViolation(SQLException e) {
        return UNIQUE_VIOLATION.equals(e.getSQLState());
    }

    private static <T> T runOnce(Connection connection, Work<T> work) throws SQLException {
        boolean committed = false;
        try {
            T result = work.run(connection);
            connection.commit();
            committed = true;
            return result;
        } finally {
            if (!committed) {
                connection.rollback();
            }
        }
    }

    private static boolean isRace(SQLException e) {
        return SERIALIZATION_FAILURE.equals(e.getSQLState()) || DEADLOCK.equals(e.getSQLState());
    }

    @Override
    public void close() {
        pool.close();
    }
}
