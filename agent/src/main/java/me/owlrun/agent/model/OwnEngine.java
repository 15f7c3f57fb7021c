package me.owlrun.agent.model;

import me.owlrun.agent.local.Command;

import java.io.IOException;
import java.lang.System.Logger;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// An Ollama that this agent started because none ran. One that ran before is never touched; ours
/// ends with us. Used by one thread.
final class OwnEngine implements AutoCloseable {
    private static final Logger LOG = System.getLogger(OwnEngine.class.getName());
    private static final Duration LOOK_LIMIT = Duration.ofSeconds(5);
    private static final int STOP_SECONDS = 10;

    private final String program;
    private final URI address;
    private final Path log;
    private Optional<Process> process = Optional.empty();

    /// @param program its name or path
    /// @param address where it shall listen, on this machine
    /// @param log where its words go
    OwnEngine(String program, URI address, Path log) {
        this.program = program;
        this.address = address;
        this.log = log;
    }

    /// Whether one of ours runs.
    boolean runs() {
        return process.filter(Process::isAlive).isPresent();
    }

    /// Whether the program is on this machine at all.
    boolean isInstalled() throws InterruptedException {
        return !(Command.run(List.of(program, "--version"), LOOK_LIMIT)
                instanceof Command.Outcome.Missing);
    }

    /// Starts it; it answers some seconds later.
    ///
    /// @param contextTokens the context window it runs models with, 0 for its own choice
    void start(int contextTokens) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(program, "serve")
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        builder.environment().put("OLLAMA_HOST", address.getHost() + ":" + port());
        // Never sends a buyer's prompt to somebody's cloud.
        builder.environment().put("OLLAMA_NO_CLOUD", "1");
        if (contextTokens > 0) {
            builder.environment().put("OLLAMA_CONTEXT_LENGTH", Integer.toString(contextTokens));
        }
        Process started = builder.start();
        process = Optional.of(started);
        LOG.log(Logger.Level.INFO, "Started {0} serve, process {1}.", program, started.pid());
    }

    /// Stops ours, if one runs, and what it started.
    @Override
    public void close() {
        if (process.isEmpty()) {
            return;
        }
        Process ours = process.get();
        process = Optional.empty();
        List<ProcessHandle> runners = ours.descendants().toList();
        ours.destroy();
        try {
            if (!ours.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                ours.destroyForcibly();
            }
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
            ours.destroyForcibly();
        } finally {
            runners.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private int port() {
        return address.getPort() < 0 ? 80 : address.getPort();
    }
}
