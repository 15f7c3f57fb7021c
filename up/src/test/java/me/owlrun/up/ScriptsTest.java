package me.owlrun.up;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Every shell script passes shellcheck.
final class ScriptsTest {

    @Test
    void shellcheck_everyScript_findsNothing() throws Exception {
        List<String> command = new ArrayList<>(List.of(Tools.shellcheck().toString(), "-x"));
        for (String folder :
                List.of("scripts", "bench", ".ci", "agent/src/test/sh", "agent/install")) {
            try (Stream<Path> files = Files.list(Tools.ROOT.resolve(folder))) {
                files.filter(file -> file.toString().endsWith(".sh") || file.endsWith("run"))
                        .filter(file -> !file.endsWith("jdk.sh")) // read where it is sourced
                        .forEach(file -> command.add(file.toString()));
            }
        }
        Tools.Output output = Tools.run(Tools.ROOT, Map.of(), command);
        assertEquals("", output.out());
        assertEquals(0, output.exitCode(), output.err());
    }
}
