package me.owlrun.mint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Proof;
import me.owlrun.config.ConfigException;
import me.owlrun.config.Settings;
import me.owlrun.db.DatabaseException;
import me.owlrun.http.HttpException;
import me.owlrun.mint.testing.Audit;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.mint.testing.TestWallet;

import org.junit.jupiter.api.Test;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Starts, refused starts, restarts, several mints on one database.
final class StartTest {

    private final TestMint place = TestMint.fresh();

    @Test
    void start_emptyDatabase_makesASeedOnlyItsOwnerReads() throws IOException {
        place.start().close();
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(place.seedFile())));
        assertTrue(Files.readString(place.seedFile()).matches("[0-9a-f]{64}\n"));
    }

    @Test
    void start_again_keepsKeysetsAndMoney() {
        String keys;
        List<Proof> proofs;
        try (Mint mint = place.start()) {
            TestWallet wallet = new TestWallet(mint.url(), CurrencyUnit.MSAT);
            keys = wallet.get("/v1/keys").ok().toString();
            proofs = wallet.mint(99);
        }
        try (Mint mint = place.start()) {
            TestWallet wallet = new TestWallet(mint.url(), CurrencyUnit.MSAT);
            assertEquals(keys, wallet.get("/v1/keys").ok().toString());
            assertEquals(99, TestWallet.sum(wallet.swap(proofs, List.of(1L, 2L, 32L, 64L))));
        }
        Audit.check(place, CurrencyUnit.MSAT, 99);
    }

    @Test
    void start_withAnotherSeed_refuses() throws IOException {
        place.start().close();
        Files.writeString(place.seedFile(), "ab".repeat(32));
        assertMessage("another seed", assertThrows(ConfigException.class, place::start));
    }

    @Test
    void start_withoutTheSeedItHad_refusesAndMakesNone() throws IOException {
        place.start().close();
        Files.delete(place.seedFile());
        assertMessage("put the file back", assertThrows(ConfigException.class, place::start));
        assertFalse(Files.exists(place.seedFile()));
    }

    @Test
    void start_seedFileWithNonsense_refuses() throws IOException {
        for (String nonsense : List.of("", "ab", "zz".repeat(32))) {
            Files.writeString(place.seedFile(), nonsense);
            assertMessage("64 hexadecimal", assertThrows(ConfigException.class, place::start));
        }
    }

    @Test
    void start_wrongSettings_refusesWithSentences() {
        assertMessage(
                "--network=play",
                assertThrows(ConfigException.class, () -> place.start("--network=bitcoin")));
        assertMessage(
                "There is no setting 'prot'",
                assertThrows(ConfigException.class, () -> place.start("--prot=1")));
        assertMessage(
                "--seed.file=PATH",
                assertThrows(ConfigException.class, () -> place.start("--seed.file=")));
        assertMessage(
                "'url' must be",
                assertThrows(ConfigException.class, () -> place.start("--url=mint.example")));
        assertMessage(
                "'melt.lease'",
                assertThrows(ConfigException.class, () -> place.start("--melt.lease=1")));
    }

    @Test
    void start_portTaken_refuses() {
        try (Mint mint = place.start()) {
            String port = "--port=" + mint.port();
            assertMessage("is taken", assertThrows(HttpException.class, () -> place.start(port)));
        }
    }

    @Test
    void start_noDatabase_refuses() {
        Settings settings =
                MintSettings.read(
                        Map.of(),
                        List.of(
                                "--network=play",
                                "--port=0",
                                "--seed.file=" + place.seedFile(),
                                "--database.url=jdbc:postgresql://127.0.0.1:1/none"));
        assertMessage(
                "database.*",
                assertThrows(
                        DatabaseException.class, () -> Mint.start(settings, Clock.systemUTC())));
        assertFalse(Files.exists(place.seedFile()));
    }

    @Test
    void start_severalAtOnceOnAnEmptyDatabase_allComeUpWithOneSeed() throws Exception {
        assertTrue(place.url().startsWith("jdbc:"), "the database is there, and empty");
        List<Future<Mint>> mints = new ArrayList<>();
        try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 4; i++) {
                mints.add(pool.submit(() -> place.start()));
            }
        }
        List<String> keys = new ArrayList<>();
        for (Future<Mint> started : mints) {
            try (Mint mint = started.get()) {
                TestWallet wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
                keys.add(wallet.get("/v1/keys").ok().toString());
            }
        }
        assertEquals(1, keys.stream().distinct().count());
        try (Stream<Path> files = Files.list(place.seedFile().getParent())) {
            assertEquals(List.of(place.seedFile()), files.toList());
        }
    }

    @Test
    void start_twoOnOneDatabase_shareEverything() {
        try (Mint first = place.start("--fake.pay_delay=0");
                Mint second = place.start("--fake.pay_delay=0")) {
            TestWallet one = new TestWallet(first.url(), CurrencyUnit.SAT);
            TestWallet two = new TestWallet(second.url(), CurrencyUnit.SAT);
            assertEquals(one.keyset(), two.keyset());
            String quote = one.mintQuote(8).path("quote").textValue();
            List<Proof> proofs = two.mint(quote, 8);
            assertEquals(List.of("UNSPENT"), one.states(proofs));
            assertEquals(8, TestWallet.sum(one.swap(proofs, List.of(4L, 4L))));
            assertEquals(List.of("SPENT"), two.states(proofs));
        }
    }

    @Test
    void documentation_showsTheTableOfSettings() throws IOException {
        Path page = Path.of(System.getProperty("owlrun.root", ".."), "docs", "mint.md");
        String table = Settings.markdown(MintSettings.TABLE);
        assertTrue(
                Files.readString(page).contains(table),
                "docs/mint.md must hold this table:\n" + table);
    }

    @Test
    void main_asAProcess_startsServesAndStopsOnTerm() throws Exception {
        Process help = java(List.of("--help"));
        String text = new String(help.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, help.waitFor());
        assertTrue(text.contains("| `seed.file` |"));

        Process wrong = java(List.of("--network=play", "--port=x", "--nonsense=1"));
        String problems = new String(wrong.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(2, wrong.waitFor());
        assertEquals(2, problems.lines().count());

        Process mint =
                java(
                        List.of(
                                "--network=play",
                                "--port=0",
                                "--database.url=" + place.url(),
                                "--database.user=postgres",
                                "--seed.file=" + place.seedFile()));
        try (var out = mint.inputReader()) {
            String ready = out.readLine();
            assertTrue(ready.startsWith("mint ready at http://127.0.0.1:"), ready);
            String url = ready.substring("mint ready at ".length(), ready.lastIndexOf(" ("));
            assertEquals(8, TestWallet.sum(new TestWallet(url, CurrencyUnit.SAT).mint(8)));
            mint.destroy();
            assertTrue(mint.waitFor(20, TimeUnit.SECONDS));
        } finally {
            mint.destroyForcibly();
        }
    }

    /// Runs this very program in a process of its own.
    private static Process java(List<String> flags) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-cp");
        command.add(
                System.getProperty("jdk.module.path", "")
                        + File.pathSeparator
                        + System.getProperty("java.class.path", ""));
        command.add(Main.class.getName());
        command.addAll(flags);
        return new ProcessBuilder(command).start();
    }

    private static void assertMessage(String part, Exception e) {
        assertTrue(String.valueOf(e.getMessage()).contains(part), e.getMessage());
    }
}
