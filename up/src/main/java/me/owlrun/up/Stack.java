package me.owlrun.up;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.db.LocalPostgres;
import me.owlrun.mint.keys.SeedFile;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// The running parts, started in order and stopped in reverse: PostgreSQL, mint, gateway, agent.
final class Stack implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration START_MAX = Duration.ofSeconds(60);
    static final List<String> SMALL_JVM =
            List.of("-XX:+UseSerialGC", "-Xmx256m", "-XX:TieredStopAtLevel=1", "-Xshare:auto");

    private final Options options;
    private final Local local;
    private final Consumer<String> screen;
    private final Deque<AutoCloseable> toClose = new ArrayDeque<>();
    private final List<Part> parts = new ArrayList<>();
    private final CountDownLatch partEnded = new CountDownLatch(1);

    private final ReentrantLock closing = new ReentrantLock();
    private boolean closed;

    /// @param screen where the screenful about what runs where goes
    Stack(Options options, Local local, Consumer<String> screen) {
        this.options = options;
        this.local = local;
        this.screen = screen;
    }

    /// Starts everything; returns when a first prompt can be paid.
    ///
    /// @throws UpException when a part does not come up, or [#close()] came in between
    void start() {
        lock();
        String engine = engine();
        LocalPostgres postgres =
                LocalPostgres.start(
                        options.data().resolve("postgres"),
                        LocalPostgres.Durability.FULL,
                        postgresPrograms());
        keep(postgres);
        start("mint", SMALL_JVM, mintFlags(options, postgres.url("mint")));
        await("mint", () -> local.get(options.mintUrl() + "/v1/keysets").isPresent());
        List<String> flags = new ArrayList<>(gatewayFlags(options, postgres.url("gateway")));
        flags.add("--cloud.key_file=" + cloudKeyFile());
        start("gateway", SMALL_JVM, flags);
        await("gateway", () -> local.get(options.gatewayUrl() + "/healthz").isPresent());
        Path config = AgentConfig.write(options, engine);
        start(
                "agent",
                List.of("-XX:+UseSerialGC", "-Xmx128m", "-XX:TieredStopAtLevel=1"),
                List.of("--headless", "--config", "" + config, "--port", "" + options.agentPort()));
        await("agent", this::firstPromptCanBePaid);
        describe(engine);
    }

    /// The key that seals the tokens of cloud nodes; it has the form of a seed, and is made once.
    private Path cloudKeyFile() {
        Path file = options.data().resolve("cloud.key");
        if (!Files.exists(file)) {
            byte[] key = SeedFile.create(file, new SecureRandom());
            Arrays.fill(key, (byte) 0);
        }
        return file;
    }

    /// Unpacked once beside the library folder, or with the data when that may not be written.
    private Path postgresPrograms() {
        Path built = Path.of(System.getProperty("owlrun.lib", "up/target/lib")).toAbsolutePath();
        Path shared = built.resolveSibling("postgres");
        return Files.isWritable(Files.exists(shared) ? shared : built.getParent())
                ? shared
                : options.data().resolve("postgres").resolve("bin");
    }

    private boolean firstPromptCanBePaid() {
        return local.get(options.gatewayUrl() + "/healthz")
                .map(health ->
                        health.path("nodes").asInt() > 0
                                && "ok".equals(health.path("status").asText()))
                .orElse(false);
    }

    static List<String> mintFlags(Options options, String databaseUrl) {
        return List.of(
                "--port=" + options.mintPort(),
                "--url=" + options.mintUrl(),
                "--network=play",
                "--database.url=" + databaseUrl,
                "--database.user=" + LocalPostgres.USER,
                "--seed.file=" + options.data().resolve("mint.seed"));
    }

    static List<String> agentFlags(Options options, Path config) {
        return List.of("--headless", "--config", "" + config, "--port", "" + options.agentPort());
    }

    static List<String> gatewayFlags(Options options, String databaseUrl) {
        return List.of(
                "--port=" + options.gatewayPort(),
                "--network=play",
                // The only node is our own, and the engine that is built in answers at once.
                "--house.every=0",
                "--trust.points.too_fast=0",
                "--mint.url=" + options.mintUrl(),
                "--mint.public_url=" + options.mintUrl(),
                "--database.url=" + databaseUrl,
                "--database.user=" + LocalPostgres.USER);
    }

    private void start(String name, List<String> jvmFlags, List<String> flags) {
        Part part = Part.start(name, jvmFlags, options.data(), flags);
        keep(part);
        parts.add(part);
        Thread.ofVirtual()
                .name("watch-" + name)
                .start(() -> {
                    part.awaitEnd();
                    partEnded.countDown();
                });
    }

    private void await(String name, BooleanSupplier ready) {
        long deadline = System.nanoTime() + START_MAX.toNanos();
        while (!ready.getAsBoolean()) {
            for (Part part : parts) {
                if (!part.isAlive()) {
                    throw ended(part);
                }
            }
            if (System.nanoTime() > deadline) {
                throw new UpException(
                        "The %s did not become ready in %d s; see %s."
                                .formatted(
                                        name,
                                        START_MAX.toSeconds(),
                                        options.data().resolve("logs")));
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    private static UpException ended(Part part) {
        return new UpException(
                "The %s ended by itself; the end of %s:\n%s"
                        .formatted(part.name(), part.log(), part.logTail()));
    }

    /// Waits until a part ends.
    ///
    /// @throws UpException when it ended by itself, naming the part
    void awaitEnd() throws InterruptedException {
        partEnded.await();
        Optional<Part> ended = parts.stream().filter(part -> !part.isAlive()).findFirst();
        closing.lock();
        try {
            if (!closed && ended.isPresent()) {
                throw ended(ended.get());
            }
        } finally {
            closing.unlock();
        }
    }

    private void lock() {
        Path file = options.data().resolve("up.lock");
        try {
            Files.createDirectories(options.data());
            FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            keep(channel);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw alreadyRunning();
            }
            Files.writeString(options.data().resolve("mint.url"), options.mintUrl());
        } catch (OverlappingFileLockException e) {
            throw alreadyRunning();
        } catch (IOException e) {
            throw new UpException(
                    "The folder " + options.data() + " cannot be used; choose another by --data.",
                    e);
        }
    }

    private UpException alreadyRunning() {
        return new UpException(
                "Another up.sh runs on "
                        + options.data()
                        + "; stop it or choose another folder by --data and other ports.");
    }

    private String engine() {
        if (!options.engine().equals("auto")) {
            return options.engine();
        }
        boolean ollama = local.get("http://127.0.0.1:11434/api/version").isPresent();
        return ollama ? "ollama" : "mock";
    }

    private void describe(String engine) {
        String answers =
                switch (engine) {
                    case "mock" -> "MOCK answers: a built-in engine, no model runs";
                    case "ollama" -> "answers by Ollama on 127.0.0.1:11434";
                    default -> "answers by " + engine;
                };
        String models =
                local.get(options.gatewayUrl() + "/v1/models")
                        .map(list -> list.path("data"))
                        .map(Stack::firstOnline)
                        .orElse("qwen2.5:0.5b");
        screen.accept(
                """
                Owlrun runs on this machine.

                  chat page   %-24s  open this in a browser
                  gateway     %-24s  the OpenAI-compatible API under /v1
                  mint        %-24s  PLAY MONEY: its Lightning is fake
                  node        %-24s  %s
                  database    %s
                  logs        %s

                Next: open the chat page and top up, or in another terminal:
                  TOKEN=$(scripts/up.sh token 100%s)
                  curl -N %s/v1/chat/completions -H "X-Cashu: $TOKEN" \\
                    -H "Content-Type: application/json" \\
                    -d '{"model":"%s","messages":[{"role":"user","content":"Hello"}],"stream":true}'
                Ctrl-C stops everything; balances stay in the folder.
                """
                        .formatted(
                                options.gatewayUrl() + "/",
                                options.gatewayUrl(),
                                options.mintUrl(),
                                options.agentUrl() + "/",
                                answers,
                                "PostgreSQL in " + options.data().resolve("postgres"),
                                options.data().resolve("logs"),
                                options.dataFlag(),
                                options.gatewayUrl(),
                                models));
    }

    private static String firstOnline(JsonNode models) {
        for (JsonNode model : models) {
            if (model.path("nodes_online").asInt() > 0) {
                return model.path("id").asText();
            }
        }
        return "qwen2.5:0.5b";
    }

    private void keep(AutoCloseable part) {
        closing.lock();
        try {
            toClose.push(part);
            if (closed) {
                close();
                throw new UpException("Stopped while starting.");
            }
        } finally {
            closing.unlock();
        }
    }

    /// Stops everything in reverse order; may be called more than once and from any thread.
    @Override
    public void close() {
        closing.lock();
        try {
            closed = true;
            while (!toClose.isEmpty()) {
                closeOne(toClose.pop());
            }
        } finally {
            closing.unlock();
        }
    }

    private void closeOne(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) { // the others must be stopped all the same
            screen.accept("While stopping: " + e.getMessage());
        }
    }
}
