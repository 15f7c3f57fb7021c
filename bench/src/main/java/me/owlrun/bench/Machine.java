package me.owlrun.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What this machine calls itself.
final class Machine {

    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    private Machine() {}

    static String processor() {
        try {
            if (Files.exists(CPU_INFO)) {
                return Files.readAllLines(CPU_INFO).stream()
                        .filter(line -> line.startsWith("model name"))
                        .map(line -> line.substring(line.indexOf(':') + 1).strip())
                        .findFirst()
                        .orElse("unknown processor");
            }
        } catch (IOException _) {
            // not worth failing for
        }
        return System.getProperty("os.arch");
    }
}
