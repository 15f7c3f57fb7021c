package me.owlrun.agent.engine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// A real llama.cpp server on loopback that serves the [TinyGguf] model under a name of the test's
/// choice. Found by the system property `owlrun.llama.server` or the environment variable
/// `OWLRUN_LLAMA_SERVER`; `src/test/sh/fetch-llama.sh DIR` makes one.
public final class LlamaServer implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(30);

    private final Process process;
    private final URI address;

    private LlamaServer(Process process, URI address) {
        this.process = process;
        this.address = address;
    }

    /// Where the server's program is, if the caller of the tests said so.
    public static Optional<Path> program() {
        String property = System.getProperty("owlrun.llama.server", "");
        String given = property.isEmpty() ? env() : property;
        return given.isEmpty() ? Optional.empty() : Optional.of(Path.of(given));
    }

    /// Why a test without a program did not run, and how to make it run.
    public static String howToEnable() {
        return "no real engine: run agent/src/test/sh/fetch-llama.sh DIR and set"
                + " OWLRUN_LLAMA_SERVER (or -Dowlrun.llama.server) to the path it prints";
    }

    /// Writes the model and starts the server; returns when it answers.
    ///
    /// @param program the server
    /// @param folder where the model and the server's log go
    /// @param model the name it gives the model
    public static LlamaServer start(Path program, Path folder, String model)
            throws IOException, InterruptedException {
        Path gguf = folder.resolve("tiny.gguf");
        TinyGguf.write(gguf);
        int port = freePort();
        Process process =
                new ProcessBuilder(
                                List.of(
                                        program.toString(),
                                        "--model",
                                        gguf.toString(),
                                        "--alias",
                                        model,
                                        "--host",
                                        "127.0.0.1",
                                        "--port",
                                        Integer.toString(port),
                                        "--parallel",
                                        "1",
                                        "--threads",
                                        "1"))
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("llama-server.log").toFile())
                        .start();
        URI address = URI.create("http://127.0.0.1:" + port);
        LlamaServer server = new LlamaServer(process, address);
        server.awaitReady(folder);
        return server;
    }

    /// Its address, without a slash at the end.
    public URI address() {
        return address;
    }

    /// Kills it the hard way, as a crash would.
    public void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private void awaitReady(Path folder) throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + START_LIMIT.toNanos();
        Semaphore never = new Semaphore(0);
        try (Engine engine = Engines.openAi(address, EngineLimits.STANDARD)) {
            while (!(engine.models() instanceof Engine.ModelList.Served)) {
                if (!process.isAlive() || System.nanoTime() > deadlineNanos) {
                    process.destroyForcibly();
                    String log = Files.readString(folder.resolve("llama-server.log"));
                    throw new IOException("llama-server did not start: " + log);
                }
                never.tryAcquire(20, TimeUnit.MILLISECONDS);
            }
        }
    }

    private static String env() {
        return Optional.ofNullable(System.getenv("OWLRUN_LLAMA_SERVER")).orElse("");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
