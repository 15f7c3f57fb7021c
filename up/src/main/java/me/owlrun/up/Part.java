package me.owlrun.up;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// One program of ours in a process of its own, with its log file and its pid file. The pid file
/// lets the next start stop what a killed launcher left behind.
final class Part implements AutoCloseable {

    private static final Duration STOP_MAX = Duration.ofSeconds(15);
    private static final int LOG_TAIL_LINES = 20;

    private final String name;
    private final Process process;
    private final Path log;
    private final Path pidFile;

    private Part(String name, Process process, Path log, Path pidFile) {
        this.name = name;
        this.process = process;
        this.log = log;
        this.pidFile = pidFile;
    }

    /// Starts the `Main` of a module.
    ///
    /// @param name the module's short name, such as `mint`
    /// @param jvmFlags flags for its Java virtual machine
    /// @param data the folder of all state
    /// @param flags its command line
    static Part start(String name, List<String> jvmFlags, Path data, List<String> flags) {
        Path log = data.resolve("logs").resolve(name + ".log");
        Path pidFile = data.resolve("run").resolve(name + ".pid");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmFlags);
        String lib = System.getProperty("owlrun.lib", "up/target/lib");
        command.addAll(fastStart(name, Path.of(lib)));
        String logging = System.getProperty("owlrun.logging", "");
        if (!logging.isEmpty()) {
            command.add("-Djava.util.logging.config.file=" + logging);
        }
        if (!name.equals("agent")) { // the others count on the curve by libsecp256k1
            command.add("--enable-native-access=me.owlrun.mint");
        }
        command.addAll(List.of("-p", lib));
        command.addAll(List.of("-m", "me.owlrun." + name + "/me.owlrun." + name + ".Main"));
        command.addAll(flags);
        try {
            Files.createDirectories(log.getParent());
            Files.createDirectories(pidFile.getParent());
            stopLeftOver(pidFile);
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.to(log.toFile()))
                            .start();
            process.getOutputStream().close();
            Files.writeString(pidFile, process.pid() + " " + startMillis(process.toHandle()));
            return new Part(name, process, log, pidFile);
        } catch (IOException e) {
            throw new UpException("The " + name + " could not be started: " + e.getMessage(), e);
        }
    }

    /// Lets the virtual machine keep an archive of loaded classes beside the library folder: made
    /// by the first run that may write there, it halves the time of every later start.
    private static List<String> fastStart(String name, Path lib) {
        Path archive = lib.toAbsolutePath().resolveSibling(name + ".jsa");
        return Files.isWritable(archive.getParent())
                ? List.of(
                        "-XX:+AutoCreateSharedArchive",
                        "-XX:SharedArchiveFile=" + archive,
                        "-Xlog:cds*=off,aot*=off")
                : List.of();
    }

    /// Stops the process a pid file names, if it is still the very same one.
    private static void stopLeftOver(Path pidFile) throws IOException {
        if (!Files.exists(pidFile)) {
            return;
        }
        String[] fields = Files.readString(pidFile).strip().split(" ", 2);
        Optional<ProcessHandle> left = ProcessHandle.of(Long.parseLong(fields[0]));
        if (left.isPresent()
                && fields.length == 2
                && fields[1].equals(Long.toString(startMillis(left.get())))) {
            left.get().destroy();
            boolean gone = waitFor(left.get(), STOP_MAX);
            if (!gone) {
                left.get().destroyForcibly();
            }
        }
        Files.delete(pidFile);
    }

    private static boolean waitFor(ProcessHandle handle, Duration max) {
        try {
            handle.onExit().get(max.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (java.util.concurrent.ExecutionException
                | java.util.concurrent.TimeoutException e) {
            return false;
        }
    }

    private static long startMillis(ProcessHandle handle) {
        return handle.info().startInstant().map(instant -> instant.toEpochMilli()).orElse(0L);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    ProcessHandle process() {
        return process.toHandle();
    }

    String name() {
        return name;
    }

    Path log() {
        return log;
    }

    /// Waits until the process ends.
    void awaitEnd() {
        var _ = process.onExit().join();
    }

    /// The last lines of its log.
    String logTail() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join(
                    "\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return "(its log " + log + " cannot be read)";
        }
    }

    /// Asks the process to end, and ends it when it takes too long.
    @Override
    public void close() {
        process.destroy();
        boolean gone = waitFor(process.toHandle(), STOP_MAX);
        if (!gone) {
            process.destroyForcibly();
        }
        try {
            Files.deleteIfExists(pidFile);
        } catch (IOException e) {
            throw new UpException("The file " + pidFile + " could not be deleted.", e);
        }
    }
}
