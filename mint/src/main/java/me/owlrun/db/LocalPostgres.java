package me.owlrun.db;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/// A real PostgreSQL server on loopback that this program runs itself, for `scripts/up.sh` and the
/// tests. Any user of the machine can connect to it, so it is for play money only.
public final class LocalPostgres implements AutoCloseable {

    /// The user that owns everything; it needs no password from loopback.
    public static final String USER = "postgres";

    /// Whether committed data survives a crash of the machine, or tests shall be fast.
    public enum Durability {
        /// Every commit reaches the disk.
        FULL,
        /// Commits survive a crash of the program, not of the machine.
        FOR_TESTS
    }

    private static final int PORT_LINE = 3;

    private final EmbeddedPostgres server;

    private LocalPostgres(EmbeddedPostgres server) {
        this.server = server;
    }

    /// Starts the server on a folder, as the longer form does, with the server's programs unpacked
    /// into the same folder.
    public static LocalPostgres start(Path folder, Durability durability) {
        return start(folder, durability, folder.resolve("bin"));
    }

    /// Starts the server on a folder, which is made and filled when it is missing. A server that a
    /// killed program left running on the folder is taken over.
    ///
    /// @param programs where the server's programs are, or are unpacked to when they are missing
    /// @throws DatabaseException when it does not start
    public static LocalPostgres start(Path folder, Durability durability, Path programs) {
        String sync = durability == Durability.FULL ? "on" : "off";
        try {
            Files.createDirectories(folder);
            Path data = folder.resolve("data");
            EmbeddedPostgres.Builder builder =
                    EmbeddedPostgres.builder()
                            .setDataDirectory(data)
                            .setCleanDataDirectory(false)
                            .setOverrideWorkingDirectory(programs.toFile())
                            .setServerConfig("fsync", sync)
                            .setServerConfig("synchronous_commit", sync)
                            .setServerConfig("max_connections", "60");
            int orphanPort = portOfRunningServer(data);
            if (orphanPort > 0) {
                builder.setPort(orphanPort);
            }
            return new LocalPostgres(builder.start());
        } catch (IOException | IllegalStateException e) {
            throw new DatabaseException(
                    "the embedded PostgreSQL did not start on "
                            + folder
                            + "; check that the folder is writable and has 200 MB free",
                    e);
        }
    }

    /// The port of a server whose pid file lies in the folder, or 0.
    private static int portOfRunningServer(Path data) throws IOException {
        Path pidFile = data.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return 0;
        }
        List<String> lines = Files.readAllLines(pidFile);
        long pid = Long.parseLong(lines.getFirst().strip());
        boolean alive = ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
        return alive && lines.size() > PORT_LINE
                ? Integer.parseInt(lines.get(PORT_LINE).strip())
                : 0;
    }

    /// The address of a database on this server, which is made when it is missing.
    ///
    /// @param name lower-case letters, digits and underscores
    public String url(String name) {
        if (!name.matches("[a-z][a-z0-9_]*")) {
            throw new IllegalArgumentException("a database name has a-z, 0-9 and _ only");
        }
        try (Connection connection = server.getPostgresDatabase().getConnection();
                PreparedStatement query =
                        connection.prepareStatement("SELECT 1 FROM pg_database WHERE datname = ?");
                Statement create = connection.createStatement()) {
            query.setString(1, name);
            if (!query.executeQuery().next()) {
                create.execute("CREATE DATABASE " + name);
            }
        } catch (SQLException e) {
            throw new DatabaseException("the database " + name + " cannot be made", e);
        }
        return "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/" + name;
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new DatabaseException("the embedded PostgreSQL did not stop", e);
        }
    }
}
