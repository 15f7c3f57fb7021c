package me.owlrun.bench;

import me.owlrun.db.LocalPostgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Our mint as a process of its own on a database of this machine.
final class OwnMint implements AutoCloseable {

    private static final Duration START_MAX = Duration.ofSeconds(60);
    private static final long POLL_NANOS = 5_000_000;
    private static final int STOP_SECONDS_MAX = 20;

    private final Process process;
    private final URI url;
    private final Duration startTime;

    private OwnMint(Process process, URI url, Duration startTime) {
        this.process = process;
        this.url = url;
        this.startTime = startTime;
    }

    /// What to start.
    ///
    /// @param lib the folder of all archives
    /// @param jvmArguments the file with the flags of the virtual machine
    /// @param folder for seed and log
    /// @param jvmFlags more flags of the virtual machine
    /// @param flags more flags of the mint
    record Command(
            Path lib, Path jvmArguments, Path folder, List<String> jvmFlags, List<String> flags) {}

    /// Starts a mint and waits until it answers.
    static OwnMint start(Command command, String databaseUrl) {
        try {
            int port = freePort();
            List<String> line = new ArrayList<>();
            line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            line.add("@" + command.jvmArguments());
            line.add("-XX:SharedArchiveFile=" + command.folder().resolve("mint.jsa"));
            line.addAll(command.jvmFlags());
            line.addAll(List.of("-p", "" + command.lib()));
            line.addAll(List.of("-m", "me.owlrun.mint/me.owlrun.mint.Main"));
            line.addAll(
                    List.of(
                            "--network=play",
                            "--port=" + port,
                            "--database.url=" + databaseUrl,
                            "--database.user=" + LocalPostgres.USER,
                            "--seed.file=" + command.folder().resolve("seed"),
                            "--mint.max=100000000",
                            "--fake.pay_delay=1"));
            line.addAll(command.flags());
            long start = System.nanoTime();
            Path log = command.folder().resolve("mint.log");
            Process process =
                    new ProcessBuilder(line)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                            .start();
            process.getOutputStream().close();
            URI url = URI.create("http://127.0.0.1:" + port);
            await(process, url, log);
            return new OwnMint(process, url, Duration.ofNanos(System.nanoTime() - start));
        } catch (IOException e) {
            throw new BenchException("the mint cannot be started", e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void await(Process process, URI url, Path log) {
        long deadline = System.nanoTime() + START_MAX.toNanos();
        while (true) {
            try (HttpConnection http = new HttpConnection(url)) {
                if (http.get("/v1/keysets").status() == 200) {
                    return;
                }
            } catch (IOException _) {
                // not yet
            }
            if (!process.isAlive() || System.nanoTime() > deadline) {
                process.destroy();
                throw new BenchException("the mint does not come up; see " + log);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    URI url() {
        return url;
    }

    long pid() {
        return process.pid();
    }

    /// From the command to the first answer.
    Duration startTime() {
        return startTime;
    }

    /// Processor time used so far; right after the start it says more than a clock on a busy
    /// machine.
    Duration cpuTime() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /// Resident memory in bytes, as Linux counts it.
    long residentBytes() {
        try {
            return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
