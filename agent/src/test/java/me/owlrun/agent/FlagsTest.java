package me.owlrun.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The command line.
final class FlagsTest {
    @Test
    void read_everyFlag_isUnderstood() {
        Flags.Run wanted =
                new Flags.Run(true, true, Optional.of(Path.of("a.conf")), Optional.of(8080));
        assertEquals(
                wanted,
                Flags.read(
                        List.of("--headless", "--mock", "--config", "a.conf", "--port", "8080")));
        assertEquals(
                wanted,
                Flags.read(List.of("--port=8080", "--mock", "--config=a.conf", "--headless")));
        assertEquals(
                new Flags.Run(false, false, Optional.empty(), Optional.empty()),
                Flags.read(List.of()));
    }

    @Test
    void read_version_printsVersionAndNetwork() {
        var print = assertInstanceOf(Flags.Print.class, Flags.read(List.of("--version")));
        assertTrue(print.text().matches("owlrun \\d+\\.\\d+\\.\\d+ \\((beta|production)\\)"));
        assertEquals(print, Flags.read(List.of("-v")));
    }

    @Test
    void read_helpConfig_printsTheTable() {
        var print = assertInstanceOf(Flags.Print.class, Flags.read(List.of("--help-config")));
        assertTrue(print.text().startsWith("| section | key |"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--nope",
                "nope",
                "-x",
                "--port",
                "--port=x",
                "--port 99999",
                "--config",
                "--config --mock",
                "--mock --tray"
            })
    void read_wrongCommandLine_isRefused(String line) {
        assertInstanceOf(Flags.Wrong.class, Flags.read(List.of(line.split(" ", -1))));
    }
}
