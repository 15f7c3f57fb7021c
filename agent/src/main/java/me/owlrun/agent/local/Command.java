package me.owlrun.agent.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Runs a small program of this machine and takes what it prints, bounded in time and size.
public final class Command {
    private static final int OUTPUT_BYTES_MAX = 1 << 20;

    private Command() {}

    /// What came of it.
    public sealed interface Outcome {
        /// It ended well.
        ///
        /// @param output what it printed
        record Printed(String output) implements Outcome {}

        /// It ended badly or not in time.
        record Failed() implements Outcome {}

        /// There is no such program.
        record Missing() implements Outcome {}
    }

    /// Runs it to its end.
    ///
    /// @param words the program and its arguments; never a secret, others can read them
    /// @param limit after which it is killed
    public static Outcome run(List<String> words, Duration limit) throws InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(words).redirectErrorStream(true).start();
            process.getOutputStream().close();
        } catch (IOException notThere) {
            return new Outcome.Missing();
        }
        Thread watch = Thread.ofVirtual().start(() -> killAfter(process, limit));
        try (InputStream output = process.getInputStream()) {
            String text = new String(output.readNBytes(OUTPUT_BYTES_MAX), StandardCharsets.UTF_8);
            boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            return ended && process.exitValue() == 0
                    ? new Outcome.Printed(text)
                    : new Outcome.Failed();
        } catch (IOException killed) {
            return new Outcome.Failed();
        } finally {
            watch.interrupt();
            process.destroyForcibly();
        }
    }

    /// What it printed if it ended well.
    public static Optional<String> output(List<String> words, Duration limit)
            throws InterruptedException {
        return run(words, limit) instanceof Outcome.Printed(String output)
                ? Optional.of(output)
                : Optional.empty();
    }

    private static void killAfter(Process process, Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }
}
