package me.owlrun.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.json.Json;
import me.owlrun.mint.Mint;
import me.owlrun.mint.testing.TestMint;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The harness for a moment against a mint of ours: every operation, its table and its books.
final class LoadRunTest {

    private static final LoadRun.Plan SHORT =
            new LoadRun.Plan(
                    List.of(1, 3), LoadRun.OPERATIONS, Duration.ofMillis(300), Duration.ZERO, 6);

    @Test
    void run_everyOperation_countsAndBalances(@TempDir Path folder) throws IOException {
        List<String> screen = new ArrayList<>();
        try (Mint mint = TestMint.fresh().start("--fake.pay_delay=0")) {
            LoadRun run = run(mint, SHORT, screen);
            Report report = run.run();

            assertEquals(8, report.results().size());
            for (Result result : report.results()) {
                assertTrue(result.nanos().length > 0, result.operation());
                assertEquals(Map.of(), result.errors(), result.operation());
                assertTrue(result.millis(0.5) <= result.millis(0.99));
            }
            Audit audit = report.audit();
            assertTrue(audit.clean(), audit.text());
            assertTrue(audit.meltedSat() > 0 && audit.feeSat() > 0 && audit.heldSat() > 0);
            assertEquals(11, screen.size(), "mint, head, eight rows, audit");

            Path file = folder.resolve("load.json");
            report.write(file, "a machine");
            assertEquals(8, Json.parse(Files.readAllBytes(file)).path("results").size());
        }
    }

    @Test
    void audit_coinSpentBehindItsBack_isWrong() throws Refusal {
        try (Mint mint = TestMint.fresh().start("--fake.pay_delay=0")) {
            Target target = Target.read(URI.create(mint.url()));
            Books books = new Books();
            Supply supply = new Supply(target, books, new SecureRandom(), Clock.systemUTC());
            List<Coin> coins = supply.coins(List.of(1L, 2L));
            books.hold(coins);
            try (MintClient client = new MintClient(target)) {
                assertTrue(Audit.of(books, client).clean());
                assertEquals(2, client.swap(coins, supply.outputs(2)).size());
                Audit audit = Audit.of(books, client);
                assertEquals(2, audit.heldWrong());
                assertTrue(audit.text().endsWith("WRONG"));
            }
        }
    }

    @Test
    void swap_answerLost_isFoundByRestore() throws Refusal {
        try (Mint mint = TestMint.fresh().start("--fake.pay_delay=0")) {
            Target target = Target.read(URI.create(mint.url()));
            Supply supply = new Supply(target, new Books(), new SecureRandom(), Clock.systemUTC());
            List<Coin> coins = supply.coins(List.of(1L, 2L));
            List<Output> outputs = supply.outputs(2);
            try (MintClient client = new MintClient(target)) {
                assertEquals(List.of(), client.restore(outputs, List.of(1L, 2L)));
                List<Coin> swapped = client.swap(coins, outputs);
                assertEquals(swapped, client.restore(outputs, List.of(1L, 2L)));
                Refusal refusal =
                        assertThrows(Refusal.class, () -> client.swap(coins, supply.outputs(2)));
                assertEquals("HTTP 400 code 11001", refusal.kind());
                assertTrue(refusal.certain());
            }
        }
    }

    @Test
    void url_ofAnotherMachine_isRefused() {
        for (String url : List.of("http://192.0.2.1:3338", "https://127.0.0.1:3338")) {
            assertThrows(BenchException.class, () -> Target.read(URI.create(url)));
        }
    }

    private static LoadRun run(Mint mint, LoadRun.Plan plan, List<String> screen) {
        return new LoadRun(
                URI.create(mint.url()),
                plan,
                new CpuWatch(Map.of("harness", ProcessHandle.current().pid())),
                new SecureRandom(),
                Clock.systemUTC(),
                screen::add);
    }
}
