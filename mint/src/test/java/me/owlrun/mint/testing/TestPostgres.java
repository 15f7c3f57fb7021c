package me.owlrun.mint.testing;

import me.owlrun.db.LocalPostgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/// One PostgreSQL server for all tests of a test run, started when first asked for and removed when
/// the run ends. Every test takes a database name of its own.
public final class TestPostgres {

    private static final ReentrantLock LOCK = new ReentrantLock();
    private static final AtomicInteger COUNTER = new AtomicInteger();

    private static List<LocalPostgres> started = List.of();

    private TestPostgres() {}

    /// The server.
    public static LocalPostgres shared() {
        LOCK.lock();
        try {
            if (started.isEmpty()) {
                Path folder = Files.createTempDirectory("owlrun-postgres");
                LocalPostgres server =
                        LocalPostgres.start(folder, LocalPostgres.Durability.FOR_TESTS);
                started = List.of(server);
                Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, folder)));
            }
            return started.getFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            LOCK.unlock();
        }
    }

    /// A database name that no other test of this run has.
    public static String freshName() {
        return "test_" + COUNTER.incrementAndGet();
    }

    private static void stop(LocalPostgres server, Path folder) {
        server.close();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
