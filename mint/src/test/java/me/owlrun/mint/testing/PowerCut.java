package me.owlrun.mint.testing;

import me.owlrun.db.LocalPostgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A PostgreSQL of its own with every commit on disk, which a test may stop dead under load
/// (`pg_ctl stop -m immediate`: no checkpoint, recovery from the log at the next start).
public final class PowerCut implements AutoCloseable {

    private static final int COMMAND_MAX_S = 60;

    private final Path folder;
    private final LocalPostgres postgres;
    private final Path control;
    private final String port;

    /// Starts it in a temporary folder.
    public PowerCut() {
        try {
            folder = Files.createTempDirectory("owlrun-powercut");
            postgres = LocalPostgres.start(folder, LocalPostgres.Durability.FULL);
            control = program().resolveSibling("pg_ctl");
            port = Files.readAllLines(data().resolve("postmaster.pid")).get(3).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The server's program, as it wrote it down itself.
    private Path program() throws IOException {
        String command = Files.readString(data().resolve("postmaster.opts"));
        return Path.of(command.split("[\\s\"]", 2)[0]);
    }

    /// The server, for a [TestMint].
    public LocalPostgres postgres() {
        return postgres;
    }

    private Path data() {
        return folder.resolve("data");
    }

    /// Stops it dead.
    public void cut() {
        control("stop", "-m", "immediate", "-w");
    }

    /// Starts it again at the same address.
    public void restore() {
        control(
                "start",
                "-w",
                "-l",
                folder.resolve("restart.log").toString(),
                "-o",
                "-p " + port + " -c fsync=on -c synchronous_commit=on -c max_connections=60");
    }

    private void control(String... arguments) {
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("unshare", "-U")); // PostgreSQL refuses to be run by root
        }
        command.addAll(List.of(control.toString(), "-D", data().toString()));
        command.addAll(List.of(arguments));
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(folder.resolve("pg_ctl.log").toFile())
                            .start();
            boolean done = process.waitFor(COMMAND_MAX_S, TimeUnit.SECONDS);
            if (!done || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new AssertionError(Files.readString(folder.resolve("pg_ctl.log")));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        postgres.close();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
