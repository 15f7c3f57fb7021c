package me.owlrun.agent;

import me.owlrun.agent.problem.AgentException;
import me.owlrun.agent.problem.Problem;
import me.owlrun.agent.problem.ProblemBoard;

import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// The configuration while the agent runs: looks at its file every second and takes over what
/// changed. A file with a mistake changes nothing and is a problem that names the line.
final class LiveConfig implements AutoCloseable {
    private static final Logger LOG = System.getLogger(LiveConfig.class.getName());
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final String INVALID = "config_invalid";
    private static final String RESTART = "config_restart";

    private final Map<String, String> overrides;
    private final RandomGenerator random;
    private final ProblemBoard problems;
    private final Consumer<Config> changed;
    private final Config first;
    private final AtomicReference<Config> current;
    private final Semaphore hurry = new Semaphore(0);
    private final Thread thread = Thread.ofVirtual().name("config").unstarted(this::run);
    private Stamp seen;
    private Stamp before;

    /// @param first what was read at the start
    /// @param overrides what counts instead of the file's values
    /// @param random what the file's handler needs; no identity is made here
    /// @param problems where mistakes are put up
    /// @param changed hears of each new configuration, on one thread
    LiveConfig(
            Config first,
            Map<String, String> overrides,
            RandomGenerator random,
            ProblemBoard problems,
            Consumer<Config> changed) {
        this.first = first;
        this.overrides = Map.copyOf(overrides);
        this.random = random;
        this.problems = problems;
        this.changed = changed;
        this.current = new AtomicReference<>(first);
        this.seen = stamp(first.file());
        this.before = seen;
    }

    /// How a file looked from outside.
    private record Stamp(FileTime time, long size) {}

    void start() {
        thread.start();
    }

    /// What counts now.
    Config now() {
        return Objects.requireNonNull(current.get());
    }

    /// Sets one value, in the file and at once.
    ///
    /// @throws AgentException if the value is not allowed or the file cannot be written
    void set(Setting setting, String value) {
        if (!value.isEmpty() && !setting.kind().allows(value)) {
            throw new AgentException(
                    setting.title() + " is not allowed; use " + setting.kind().allowed() + ".");
        }
        new ConfigFile(first.file(), random).put(setting, value);
        hurry.release();
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        try {
            while (true) {
                boolean ours = hurry.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                if (ours) {
                    int _ = hurry.drainPermits();
                }
                look(ours);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /// Reads the file if it changed and is settled: others may be in the middle of writing it.
    private void look(boolean ours) {
        Stamp stamp = stamp(first.file());
        boolean settled = ours || stamp.equals(before);
        before = stamp;
        if (stamp.equals(seen) || stamp.size() < 0 || !settled) {
            return;
        }
        seen = stamp;
        try {
            String text = new ConfigFile(first.file(), random).readAgain();
            Config next = ConfigReader.read(first.file(), text, overrides);
            problems.clear(INVALID);
            take(next);
        } catch (AgentException invalid) {
            problems.raise(
                    Problem.error(
                            INVALID,
                            "The configuration has mistakes; the last good one is in use.",
                            String.valueOf(invalid.getMessage())));
        }
    }

    private void take(Config next) {
        LOG.log(Logger.Level.INFO, "Took over the changed configuration.");
        next.warnings().forEach(warning -> LOG.log(Logger.Level.WARNING, warning));
        if (first.needsRestart(next)) {
            problems.raise(
                    Problem.warning(
                            RESTART,
                            "Some changes count after a restart only.",
                            "Restart owlrun: keys, gateway, engine, capacity or port changed."));
        } else {
            problems.clear(RESTART);
        }
        current.set(next);
        changed.accept(next);
    }

    private static Stamp stamp(Path file) {
        try {
            return new Stamp(Files.getLastModifiedTime(file), Files.size(file));
        } catch (IOException absent) {
            return new Stamp(FileTime.fromMillis(0), -1);
        }
    }
}
