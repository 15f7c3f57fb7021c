package me.owlrun.up;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The installer's tests under bats, each one counted as a test of its own.
final class InstallerTest {
    private static final Path FOLDER = Tools.ROOT.resolve("agent/install/test");
    private static final Duration RUN_MAX = Duration.ofMinutes(9);
    private static final List<String> SUITES = List.of("image", "verify", "install", "upgrade");
    private static final Pattern RESULT =
            Pattern.compile("(ok|not ok) \\d+ (.*?)(?: # skip ?(.*))?");

    @TempDir private Path out;

    /// All suites run at the same time, since most of each is waiting.
    @TestFactory
    List<DynamicContainer> installer() throws Exception {
        Path bats = Tools.bats();
        var _ = Tools.busybox();
        Map<String, Process> running = new LinkedHashMap<>();
        for (String suite : SUITES) {
            running.put(suite, start(bats, suite));
        }
        List<DynamicContainer> containers = new ArrayList<>();
        for (Map.Entry<String, Process> one : running.entrySet()) {
            boolean ended = one.getValue().waitFor(RUN_MAX.toSeconds(), TimeUnit.SECONDS);
            if (!ended) {
                one.getValue().destroy();
            }
            String said = Files.readString(file(one.getKey()));
            assertTrue(ended, () -> one.getKey() + " did not end in time:\n" + said);
            containers.add(DynamicContainer.dynamicContainer(one.getKey(), tests(said)));
        }
        return containers;
    }

    private Process start(Path bats, String suite) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(bats.toString(), "--formatter", "tap", suite + ".bats")
                        .directory(FOLDER.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(file(suite).toFile());
        builder.environment().put("OWLRUN_JDK", System.getProperty("java.home"));
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    private Path file(String suite) {
        return out.resolve(suite + ".tap");
    }

    /// One test per result line; a plan that was not fulfilled is a failure, too.
    private static List<DynamicTest> tests(String said) {
        List<DynamicTest> tests = new ArrayList<>();
        int planned = 0;
        int results = 0;
        String[] lines = said.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            if (lines[i].startsWith("1..")) {
                planned = Integer.parseInt(lines[i].substring("1..".length()).strip());
            }
            Matcher result = RESULT.matcher(lines[i]);
            if (result.matches()) {
                results++;
                String words = words(lines, i + 1);
                tests.add(DynamicTest.dynamicTest(result.group(2), () -> judge(result, words)));
            }
        }
        int expected = planned;
        int found = results;
        tests.add(
                DynamicTest.dynamicTest(
                        "every test of the plan ran",
                        () -> {
                            assertTrue(expected > 0, said);
                            assertEquals(expected, found, said);
                        }));
        return tests;
    }

    private static void judge(Matcher result, String words) {
        if (result.group(1).equals("not ok")) {
            fail(words);
        }
        if (result.group(3) != null) {
            throw Tools.missing(result.group(2), result.group(3));
        }
    }

    private static String words(String[] lines, int from) {
        StringBuilder words = new StringBuilder();
        for (int i = from; i < lines.length && lines[i].startsWith("#"); i++) {
            words.append(lines[i]).append('\n');
        }
        return words.toString();
    }
}
