package me.owlrun.bench;

import me.owlrun.db.LocalPostgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/// A PostgreSQL server of this run on a fresh folder, durable as in production; the folder is
/// removed at the end.
final class OwnPostgres implements AutoCloseable {

    private final Path folder;
    private final LocalPostgres server;

    private OwnPostgres(Path folder, LocalPostgres server) {
        this.folder = folder;
        this.server = server;
    }

    /// @param programs where PostgreSQL is, or is unpacked to
    static OwnPostgres start(Path programs) {
        try {
            Path folder = Files.createTempDirectory("owlrun-bench");
            return new OwnPostgres(
                    folder,
                    LocalPostgres.start(
                            folder.resolve("postgres"), LocalPostgres.Durability.FULL, programs));
        } catch (IOException e) {
            throw new BenchException("no folder for the database", e);
        }
    }

    Path folder() {
        return folder;
    }

    String url(String name) {
        return server.url(name);
    }

    /// The process of the server.
    long pid() {
        try {
            Path file = folder.resolve("postgres/data/postmaster.pid");
            return Long.parseLong(Files.readAllLines(file).getFirst().strip());
        } catch (IOException e) {
            throw new BenchException("the database is gone", e);
        }
    }

    @Override
    public void close() {
        server.close();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new BenchException(folder + " cannot be removed", e);
        }
    }
}
