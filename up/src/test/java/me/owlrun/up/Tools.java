package me.owlrun.up;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Assertions;
import org.opentest4j.TestAbortedException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Outside programs that the whole-system tests run: where they are, and how their output is read.
final class Tools {

    static final Path ROOT = Path.of(System.getProperty("owlrun.root")).toAbsolutePath();

    private static final Duration RUN_MAX = Duration.ofMinutes(2);

    private Tools() {}

    /// What a finished program left.
    ///
    /// @param exitCode its exit status
    /// @param out its standard output
    /// @param err its standard error
    record Output(int exitCode, String out, String err) {

        /// The output of a program that must have succeeded.
        String success() {
            Assertions.assertEquals(0, exitCode, () -> "exit code; it said:\n" + err + out);
            return out;
        }
    }

    static Path node() {
        return find("node", System.getProperty("owlrun.node", ""), "install Node 20 or later");
    }

    static Path python() {
        return find(
                "python3",
                System.getProperty("owlrun.python", ""),
                "install python3 with requests, or run scripts/test.sh");
    }

    static Path chromium() {
        return find(
                "chromium",
                System.getProperty("owlrun.chromium", ""),
                "install chromium, or run scripts/test.sh as root");
    }

    static Path shellcheck() {
        return find("shellcheck", "", "install shellcheck, or run scripts/test.sh as root");
    }

    static Path bats() {
        return find("bats", "", "install bats, or run scripts/test.sh as root");
    }

    static Path busybox() {
        return find("busybox", "", "install busybox, or run scripts/test.sh as root");
    }

    /// The folder with the wallet library from npm.
    static Path nodeFolder() {
        Path folder = ROOT.resolve("up").resolve("target").resolve("node");
        if (!Files.isDirectory(folder.resolve("node_modules"))) {
            throw missing("the wallet library", "run scripts/test.sh, which installs it from npm");
        }
        return folder;
    }

    private static Path find(String name, String given, String remedy) {
        if (!given.isBlank()) {
            return Path.of(given);
        }
        return Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":"))
                .map(folder -> Path.of(folder).resolve(name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> missing(name, remedy));
    }

    /// A missing tool fails the test; only when the run was told that tools are optional does it
    /// skip it, with the reason printed.
    static RuntimeException missing(String what, String remedy) {
        String reason = what + " is missing: " + remedy;
        if (System.getProperty("owlrun.tests.optional", "").isBlank()) {
            throw new AssertionError(reason);
        }
        System.err.println("SKIPPED: " + reason);
        return new TestAbortedException(reason);
    }

    static Output run(Path folder, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        Path err = Files.createTempFile("owlrun", ".err");
        Path out = Files.createTempFile("owlrun", ".out");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectError(err.toFile())
                            .redirectOutput(out.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            process.getOutputStream().close();
            boolean ended = process.waitFor(RUN_MAX.toSeconds(), TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly();
            }
            assertTrue(ended, () -> command.getFirst() + " did not end in time");
            return new Output(process.exitValue(), read(out), read(err));
        } finally {
            Files.delete(err);
            Files.delete(out);
        }
    }

    private static String read(Path path) throws IOException {
        return Files.readString(path, StandardCharsets.UTF_8);
    }
}
