package me.owlrun.agent.machine;

import me.owlrun.agent.local.Command;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Whether this machine lives on its battery now.
///
/// @param supplies Linux's folder of power supplies
public record Battery(Path supplies) {
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final List<String> MAC = List.of("/usr/bin/pmset", "-g", "batt");

    /// This machine's.
    public static Battery ofThisMachine() {
        return new Battery(Path.of("/sys/class/power_supply"));
    }

    /// Whether it does; machines without one, and those we cannot ask, do not.
    public boolean isUsed() throws InterruptedException {
        if (System.getProperty("os.name").startsWith("Mac")) {
            return Command.output(MAC, LIMIT).filter(Battery::macSays).isPresent();
        }
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(supplies)) {
            for (Path supply : folders) {
                if (isDischarging(supply)) {
                    return true;
                }
            }
            return false;
        } catch (IOException none) {
            return false;
        }
    }

    static boolean macSays(String output) {
        return output.contains("'Battery Power'");
    }

    /// A mouse has a battery too; only the system's own counts.
    private static boolean isDischarging(Path supply) throws IOException {
        Path status = supply.resolve("status");
        Path scope = supply.resolve("scope");
        return Files.isReadable(status)
                && Files.readString(status).strip().equals("Discharging")
                && (Files.notExists(scope) || !Files.readString(scope).strip().equals("Device"));
    }
}
