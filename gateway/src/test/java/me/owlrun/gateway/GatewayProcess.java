package me.owlrun.gateway;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A gateway in a process of its own, so that it can really be killed.
final class GatewayProcess {

    private static final String READY = "gateway ready at ";

    private final Process process;
    private final String url;
    private final List<String> log;

    private GatewayProcess(Process process, String url, List<String> log) {
        this.process = process;
        this.url = url;
        this.log = log;
    }

    /// What it wrote to its log so far.
    List<String> log() {
        synchronized (log) {
            return List.copyOf(log);
        }
    }

    private static List<String> readLog(Process process) {
        List<String> lines = Collections.synchronizedList(new ArrayList<>());
        var reader = process.errorReader(StandardCharsets.UTF_8);
        Thread.ofVirtual()
                .start(() ->
                        reader.lines()
                                .forEach(line -> {
                                    System.err.println(line);
                                    lines.add(line);
                                }));
        return lines;
    }

    private static List<String> command(List<String> arguments) {
        String classPath =
                String.join(
                        File.pathSeparator,
                        Stream.of("jdk.module.path", "java.class.path")
                                .map(name -> System.getProperty(name, ""))
                                .filter(path -> !path.isEmpty())
                                .toList());
        List<String> command =
                new ArrayList<>(
                        List.of(
                                ProcessHandle.current().info().command().orElse("java"),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Djava.util.logging.config.file="
                                        + System.getProperty("java.util.logging.config.file", ""),
                                "-cp",
                                classPath,
                                "me.owlrun.gateway.Main"));
        command.addAll(arguments);
        return command;
    }

    /// How a program ended.
    ///
    /// @param output standard output and error together
    record Result(int status, String output) {}

    /// Runs the program to its end.
    static Result run(String word, List<String> flags) {
        List<String> arguments = new ArrayList<>(flags);
        arguments.add(word);
        try {
            Process process =
                    new ProcessBuilder(command(arguments)).redirectErrorStream(true).start();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Starts one and waits for its ready line.
    static GatewayProcess start(List<String> flags) {
        try {
            Process process = new ProcessBuilder(command(flags)).start();
            List<String> log = readLog(process);
            BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
            for (String line : (Iterable<String>) out.lines()::iterator) {
                if (line.startsWith(READY)) {
                    return new GatewayProcess(process, line.substring(READY.length()), log);
                }
            }
            throw new AssertionError("the gateway did not start");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String url() {
        return url;
    }

    /// Kills it as `kill -9` does and waits for its end.
    void kill() {
        try {
            process.destroyForcibly();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                throw new AssertionError("the gateway did not die");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Asks it to stop and waits for its end; its exit status.
    int stop() {
        try {
            process.destroy();
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                throw new AssertionError("the gateway did not stop");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
