package me.owlrun.up;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// `scripts/up.sh` itself: one ready line, everything stops, balances stay, root and ordinary user.
final class UpScriptTest {

    @TempDir Path folder;

    private static void assertNothingListens(RunningSystem system) {
        for (int port : system.ports()) {
            assertThrows(
                    IOException.class,
                    () -> new Socket(InetAddress.getLoopbackAddress(), port).close(),
                    () -> "something still listens on port " + port);
        }
    }

    private static List<Long> processesOn(Path data) {
        List<Long> pids = new ArrayList<>();
        ProcessHandle.allProcesses()
                .filter(handle ->
                        handle.info()
                                .commandLine()
                                .map(line -> line.contains(data.toString()))
                                .orElse(false))
                .forEach(handle -> pids.add(handle.pid()));
        return pids;
    }

    @Test
    void up_startedTwice_printsOneReadyLineStopsAllAndKeepsBalances() throws Exception {
        Path data = folder.resolve("data");
        String token;
        try (RunningSystem first = RunningSystem.start(data, "mock")) {
            assertEquals(List.of("ready " + first.gatewayUrl()), first.lines());
            assertTrue(first.screen().contains("PLAY MONEY"), first.screen());
            assertTrue(first.screen().contains("MOCK"), first.screen());
            assertTrue(first.screen().contains(first.mintUrl()), first.screen());
            token = first.token(21, "sat");
            assertEquals(0, first.stop());
            assertEquals(List.of(), first.process().inputReader().lines().toList());
            assertNothingListens(first);
            assertEquals(List.of(), processesOn(data));
        }
        try (RunningSystem second = RunningSystem.start(data, "mock")) {
            assertTrue(Purse.isUnspent(second, token));
            assertEquals(Purse.worth(token), Purse.redeem(second.mintUrl(), List.of(token)));
            assertFalse(Purse.isUnspent(second, token));
        }
        assertEquals(List.of(), processesOn(data));
    }

    @Test
    void up_launcherKilled_partsStopAndTheNextStartWorks() throws Exception {
        Path data = folder.resolve("data");
        String token;
        RunningSystem killed = RunningSystem.start(data, "mock");
        token = killed.token(5, "msat");
        List<ProcessHandle> launcher = killed.process().children().toList();
        launcher.forEach(ProcessHandle::destroyForcibly);
        assertTrue(killed.process().waitFor() != 0);
        try (RunningSystem next =
                RunningSystem.start(Tools.ROOT, List.of(), data, "mock", killed.ports())) {
            assertTrue(Purse.isUnspent(next, token));
        }
        assertEquals(List.of(), processesOn(data));
    }

    @Test
    void up_asOrdinaryUser_works() throws Exception {
        if (!"root".equals(System.getProperty("user.name"))) {
            return; // then every other test here shows it
        }
        Path data = Files.createTempDirectory("owlrun-user");
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxrwxrwx"));
        List<String> asNobody =
                List.of(
                        "setpriv",
                        "--reuid=65534",
                        "--regid=65534",
                        "--clear-groups",
                        "env",
                        "HOME=" + data);
        Path root = copyOfWhatRuns(data.resolve("owlrun"));
        try (RunningSystem system =
                RunningSystem.start(
                        root, asNobody, data.resolve("data"), "mock", RunningSystem.freePorts())) {
            assertEquals(200, system.get(system.gatewayUrl() + "/healthz").statusCode());
        }
        assertEquals(List.of(), processesOn(data));
    }

    /// The checkout may lie where an ordinary user cannot read.
    private static Path copyOfWhatRuns(Path target) throws IOException {
        for (String part : List.of("scripts", "up/target/lib", "up/target/classes")) {
            Path from = Tools.ROOT.resolve(part);
            try (Stream<Path> files = Files.walk(from)) {
                for (Path file : files.toList()) {
                    Path copy = target.resolve(part).resolve(from.relativize(file).toString());
                    if (Files.isDirectory(file)) {
                        Files.createDirectories(copy);
                    } else {
                        Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
                    }
                }
            }
        }
        return target;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--gateway-port 0",
                "--gateway-port x",
                "--engine ftp://x",
                "--colour red",
                "--data",
                "token",
                "token 0",
                "token x",
                "token 5 --unit usd"
            })
    void up_badArguments_saySoAndExitWithTwo(String arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("scripts/up.sh"));
        command.addAll(Stream.of(arguments.split(" ")).toList());
        Tools.Output output = Tools.run(Tools.ROOT, Map.of("OWLRUN_NO_BUILD", "1"), command);
        assertEquals(2, output.exitCode(), output.err());
        assertFalse(output.err().isBlank());
        assertFalse(output.err().contains("Exception"), output.err());
        assertEquals("", output.out());
    }

    @Test
    void up_portTaken_saysWhichAndExits() throws Exception {
        try (RunningSystem running = RunningSystem.start(folder.resolve("a"), "mock")) {
            Tools.Output output =
                    Tools.run(
                            Tools.ROOT,
                            Map.of("OWLRUN_NO_BUILD", "1"),
                            List.of(
                                    "scripts/up.sh",
                                    "--data",
                                    folder.resolve("b").toString(),
                                    "--mint-port",
                                    "" + running.ports()[1]));
            assertEquals(2, output.exitCode());
            assertTrue(output.err().contains("" + running.ports()[1]), output.err());
            assertEquals("", output.out());
        }
    }
}
