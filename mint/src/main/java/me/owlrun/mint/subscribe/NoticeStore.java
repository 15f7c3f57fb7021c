package me.owlrun.mint.subscribe;

import me.owlrun.db.Database;

import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Notices between the processes of one database, by LISTEN and NOTIFY. Who listens holds a shared
/// advisory lock for as long; who has something to say tries that lock first and stays silent when
/// nobody has it.
public final class NoticeStore {

    /// Held by all who listen.
    private static final long LISTENERS_LOCK_KEY = 0x6f776c2d6e6f7465L;

    private static final int WAIT_MILLIS = 500;

    private static final String LISTEN = "LISTEN owlrun_mint";
    private static final String UNLISTEN = "UNLISTEN owlrun_mint";
    private static final String LOCK = "SELECT pg_advisory_lock_shared(" + LISTENERS_LOCK_KEY + ")";
    private static final String UNLOCK =
            "SELECT pg_advisory_unlock_shared(" + LISTENERS_LOCK_KEY + ")";
    private static final String NOBODY_LISTENS =
            "SELECT pg_try_advisory_xact_lock(" + LISTENERS_LOCK_KEY + ")";
    private static final String NOTIFY = "SELECT pg_notify('owlrun_mint', ?)";

    private final Database database;

    /// @param database what the processes share
    public NoticeStore(Database database) {
        this.database = database;
    }

    /// Listens on a connection of its own, outside of any transaction, until told to stop.
    ///
    /// @param ready called once nothing is missed any more
    void listen(BooleanSupplier goOn, Runnable ready, Consumer<String> notices) {
        database.inTransaction(connection -> {
            try {
                run(connection, LISTEN, LOCK);
                ready.run();
                PGConnection listening = connection.unwrap(PGConnection.class);
                while (goOn.getAsBoolean()) {
                    PGNotification[] heard = listening.getNotifications(WAIT_MILLIS);
                    for (PGNotification notice : heard == null ? new PGNotification[0] : heard) {
                        notices.accept(notice.getParameter());
                    }
                }
            } finally {
                // The pool gives this connection to others, who must not inherit either.
                run(connection, UNLISTEN, UNLOCK);
            }
        });
    }

    private static void run(Connection connection, String first, String second)
            throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(first);
            statement.execute(second);
            connection.commit();
        }
    }

    /// Whether any process listens right now.
    boolean anyoneListens() {
        return database.transaction(NoticeStore::anyoneListens);
    }

    private static boolean anyoneListens(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(NOBODY_LISTENS)) {
            return row.next() && !row.getBoolean(1);
        }
    }

    /// Tells all who listen. The commits of NOTIFYs queue up behind each other, so this one does
    /// not wait for the disk: a notice that a crash loses is made up for by the sweep.
    void tell(List<String> notices) {
        database.inTransaction(connection -> {
            try (Statement local = connection.createStatement();
                    PreparedStatement notify = connection.prepareStatement(NOTIFY)) {
                local.execute("SET LOCAL synchronous_commit = off");
                for (String notice : notices) {
                    notify.setString(1, notice);
                    notify.execute();
                }
            }
        });
    }
}
