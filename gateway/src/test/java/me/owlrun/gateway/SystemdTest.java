package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The units that are shipped are ones that systemd understands.
final class SystemdTest {

    private static final Path PROGRAM = Path.of("/usr/bin/systemd-analyze");

    @Test
    void units_areUnderstoodWithoutAWarning() throws Exception {
        assumeTrue(Files.isExecutable(PROGRAM), "no systemd-analyze on this machine");
        Path folder = Files.createTempDirectory("owlrun-units");
        Path shipped = Path.of(System.getProperty("owlrun.root"), "deploy", "systemd");
        for (String name : List.of("owlrun-gateway.service", "owlrun-mint.service")) {
            Path unit = folder.resolve(name);
            String java = ProcessHandle.current().info().command().orElseThrow();
            Files.writeString(
                    unit,
                    Files.readString(shipped.resolve(name))
                            .replace("/opt/owlrun/jdk/bin/java", java));
            Process process =
                    new ProcessBuilder(PROGRAM.toString(), "verify", "--man=no", unit.toString())
                            .redirectErrorStream(true)
                            .start();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            List<String> about = output.lines().filter(line -> line.contains(name)).toList();
            assertEquals(List.of(), about);
            assertEquals(0, process.waitFor(), output);
        }
    }
}
