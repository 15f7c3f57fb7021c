package me.owlrun.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// A program of the bench in a process of its own, stopped with it.
final class OwnProgram implements AutoCloseable {

    private static final Duration START_MAX = Duration.ofSeconds(60);
    private static final long POLL_NANOS = 20_000_000;
    private static final int STOP_SECONDS_MAX = 15;

    private final String name;
    private final Process process;
    private final BufferedReader out;
    private final BufferedWriter in;

    private OwnProgram(String name, Process process) {
        this.name = name;
        this.process = process;
        this.out = process.inputReader(StandardCharsets.UTF_8);
        this.in = process.outputWriter(StandardCharsets.UTF_8);
    }

    /// Starts a program whose standard output is read by [#awaitLine], standard error in a log.
    static OwnProgram start(String name, List<String> command, Path folder) {
        try {
            return new OwnProgram(name, builder(command, log(name, folder)).start());
        } catch (IOException e) {
            throw new BenchException(name + " cannot be started: " + e.getMessage(), e);
        }
    }

    /// Starts a server and waits until it answers HTTP at all.
    static OwnProgram serve(String name, List<String> command, Path folder, URI url) {
        Path log = log(name, folder);
        try {
            OwnProgram program =
                    new OwnProgram(
                            name,
                            builder(command, log)
                                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                                    .start());
            program.awaitHttp(url, log);
            return program;
        } catch (IOException e) {
            throw new BenchException(name + " cannot be started: " + e.getMessage(), e);
        }
    }

    private static ProcessBuilder builder(List<String> command, Path log) {
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    }

    private static Path log(String name, Path folder) {
        return folder.resolve(name + ".log");
    }

    private void awaitHttp(URI url, Path log) {
        long deadline = System.nanoTime() + START_MAX.toNanos();
        while (true) {
            try (HttpConnection http = new HttpConnection(url)) {
                var _ = http.get("/");
                return;
            } catch (IOException _) {
                // not yet
            }
            if (!process.isAlive() || System.nanoTime() > deadline) {
                close();
                throw new BenchException(name + " does not come up; see " + log);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /// The rest of the next line of its output that begins so.
    String awaitLine(String start) {
        try {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.startsWith(start)) {
                    return line.substring(start.length()).strip();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new BenchException(name + " ended before it said '" + start + "'");
    }

    /// Sends it a line.
    void order(String line) {
        try {
            in.write(line);
            in.newLine();
            in.flush();
        } catch (IOException e) {
            throw new BenchException(name + " does not listen", e);
        }
    }

    long pid() {
        return process.pid();
    }

    /// Memory that it and its children hold now.
    long residentBytes() {
        return ProcessHandle.of(pid()).stream()
                .flatMap(own -> Stream.concat(Stream.of(own), own.descendants()))
                .mapToLong(own -> residentBytes(own.pid()))
                .sum();
    }

    private static long residentBytes(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0; // it has ended
        }
    }

    /// A port that nobody has at the moment.
    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new BenchException("no port is free", e);
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
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
