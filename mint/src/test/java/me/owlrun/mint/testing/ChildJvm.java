package me.owlrun.mint.testing;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// A program of the tests in a process of its own, which a test may kill at any moment. It talks by
/// lines: what it prints after `@` is for the test, what the test sends it reads from its standard
/// input, whose end tells it to stop, so that it never outlives the test run.
public final class ChildJvm implements AutoCloseable {

    /// What a line for the test begins with; anything else is its log.
    public static final String MARK = "@";

    private static final Duration STOP_MAX = Duration.ofSeconds(20);
    private static final int LOG_LINES_MAX = 200;
    private static final String END = "@end";

    private final Process process;
    private final BufferedWriter in;
    private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<String> log = new ArrayDeque<>();

    private ChildJvm(Process process) {
        this.process = process;
        this.in = process.outputWriter(StandardCharsets.UTF_8);
        Thread.ofVirtual().name("lines-of-" + process.pid()).start(this::read);
    }

    /// Starts a main class of the test's own class path.
    ///
    /// @param image the classes, see [ChildImage]
    /// @param arguments its command line
    public static ChildJvm start(ChildImage image, Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(image.jvmFlags());
        command.add(main.getName());
        command.addAll(arguments);
        try {
            return new ChildJvm(new ProcessBuilder(command).redirectErrorStream(true).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.startsWith(MARK)) {
                    lines.add(line.substring(MARK.length()));
                } else {
                    keep(line);
                }
            }
        } catch (IOException e) {
            keep("(its output broke off)"); // as it does when it is killed
        } finally {
            lines.add(END);
        }
    }

    private void keep(String line) {
        lock.lock();
        try {
            log.addLast(line);
            if (log.size() > LOG_LINES_MAX) {
                log.removeFirst();
            }
        } finally {
            lock.unlock();
        }
    }

    /// The next line for the test, without its mark; nothing when none comes in time or the process
    /// ended.
    public Optional<String> nextLine(Duration within) {
        try {
            String line = lines.poll(within.toMillis(), TimeUnit.MILLISECONDS);
            if (END.equals(line)) {
                lines.add(END);
                return Optional.empty();
            }
            return Optional.ofNullable(line);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /// Sends a line; a process that is gone does not hear it.
    public void send(String line) {
        try {
            in.write(line);
            in.newLine();
            in.flush();
        } catch (IOException e) {
            keep("(it did not hear: " + line + ")");
        }
    }

    /// Ends it on the spot, as `kill -9` does, and waits until it is gone.
    public void kill() {
        process.destroyForcibly();
        if (!await(STOP_MAX)) {
            throw new AssertionError("process " + process.pid() + " survived SIGKILL");
        }
    }

    /// Whether it still runs.
    public boolean isAlive() {
        return process.isAlive();
    }

    /// The last lines of its log, to explain a failure.
    public String log() {
        lock.lock();
        try {
            return String.join("\n", log);
        } finally {
            lock.unlock();
        }
    }

    private boolean await(Duration max) {
        try {
            return process.waitFor(max.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /// Tells it to stop, and kills it when it does not.
    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            keep("(it is gone already)");
        }
        if (!await(STOP_MAX)) {
            kill();
        }
    }
}
