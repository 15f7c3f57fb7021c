package me.owlrun.mint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Proof;
import me.owlrun.db.LocalPostgres;
import me.owlrun.mint.audit.AuditResult;
import me.owlrun.mint.audit.Liabilities;
import me.owlrun.mint.testing.Audit;
import me.owlrun.mint.testing.TestClock;
import me.owlrun.mint.testing.TestInvoices;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.mint.testing.TestWallet;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.Test;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// What the mint says it owes, and the audit as an operator runs it.
final class AuditTest {

    private final TestMint place = TestMint.fresh();

    @Test
    void liabilities_throughMintSwapAndMelts_followEveryStep() {
        try (Mint mint = place.start("--fake.pay_delay=0", "--keyset.input_fee_ppk=1000")) {
            TestWallet wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
            assertKeyset(wallet, 0, 0, 0, 0);
            List<Proof> proofs = wallet.mint(64);
            assertKeyset(wallet, 64, 0, 0, 0);
            List<Proof> two = wallet.swap(proofs, List.of(1L, 2L, 4L, 8L, 16L, 32L));
            assertKeyset(wallet, 64 + 63, 64, 0, 1);
            List<Proof> first = two.subList(5, 6);
            String paid = TestInvoices.of(Msat.ofSat(20), "");
            assertEquals(200, wallet.melt(quote(wallet, paid), first, List.of()).status());
            assertKeyset(wallet, 64 + 63, 64 + 32, 0, 2);
            String pending =
                    TestInvoices.of(
                            Msat.ofSat(10),
                            "{\"pay_invoice_state\":\"PENDING\","
                                    + "\"check_payment_state\":\"PENDING\"}");
            List<Proof> second = two.subList(4, 5);
            assertEquals(200, wallet.melt(quote(wallet, pending), second, List.of()).status());
            assertKeyset(wallet, 64 + 63, 64 + 32, 16, 2);
            JsonNode seal = wallet.get("/v1/liabilities").ok().path("seal");
            assertEquals(3, seal.path("n").longValue());
            assertTrue(seal.path("hash").textValue().matches("[0-9a-f]{64}"));
        }
        assertTrue(Audit.run(place).stream().allMatch(finding -> finding.breaches() == 0));
        try (Mint mint = place.start("--keyset.input_fee_ppk=1000")) {
            TestWallet wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
            assertKeyset(wallet, 64 + 63, 64 + 32, 16, 2);
            assertEquals(8, TestWallet.sum(wallet.mint(8)));
            JsonNode seal = wallet.get("/v1/liabilities").ok().path("seal");
            assertEquals(4, seal.path("n").longValue(), "a restart continues the chain");
        }
        assertTrue(Audit.run(place).stream().allMatch(finding -> finding.breaches() == 0));
    }

    @Test
    void main_audit_saysCleanOrNamesTheBreach() throws Exception {
        try (Mint mint = place.start("--fake.pay_delay=0")) {
            TestWallet wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
            assertEquals(8, TestWallet.sum(wallet.mint(8)));
        }
        assertAudit(0, "ok      redeemed_is_covered");
        try (Connection connection =
                        DriverManager.getConnection(place.url(), LocalPostgres.USER, "");
                Statement statement = connection.createStatement()) {
            assertEquals(1, statement.executeUpdate("UPDATE seal_head SET n = 7"));
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        assertAudit(1, "BREACH  seals_head: 1");
    }

    @Test
    void mint_auditsByItself_allProcessesKnowTheResult() {
        TestClock clock = new TestClock(Instant.parse("2026-11-21T12:00:00Z"));
        try (Mint mint = place.start(clock)) {
            AuditResult first = await(mint, 1).getFirst();
            assertEquals(new AuditResult(clock.instant(), false, List.of()), first);
            Liabilities owed = mint.liabilities();
            assertEquals(0, owed.seals());
            assertTrue(owed.keysets().stream().allMatch(keyset -> keyset.outstanding() == 0));
        }
        clock.advance(Duration.ofDays(2));
        try (Mint mint = place.start(clock)) {
            AuditResult whole = new AuditResult(clock.instant(), true, List.of());
            assertEquals(whole, await(mint, 2).getFirst());
            try (Mint other = place.start(clock)) {
                assertEquals(mint.audits(), await(other, 2));
            }
        }
        assertEquals(1, Audit.number(place, "SELECT count(*) FROM audit_run WHERE whole"));
    }

    private static List<AuditResult> await(Mint mint, int count) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (mint.audits().size() < count) {
            assertTrue(System.nanoTime() < deadline, "no audit in time");
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
        return mint.audits();
    }

    private static String quote(TestWallet wallet, String invoice) {
        return wallet.meltQuote(invoice).path("quote").textValue();
    }

    private static void assertKeyset(
            TestWallet wallet, long issued, long redeemed, long pending, long fees) {
        for (JsonNode node : wallet.get("/v1/liabilities").ok().path("keysets")) {
            if (node.path("id").textValue().equals(wallet.keyset().id().value())) {
                assertEquals(issued, node.path("issued").longValue(), "issued");
                assertEquals(redeemed, node.path("redeemed").longValue(), "redeemed");
                assertEquals(pending, node.path("pending").longValue(), "pending");
                assertEquals(fees, node.path("fees").longValue(), "fees");
                assertEquals(issued - redeemed, node.path("outstanding").longValue());
                return;
            }
        }
        throw new AssertionError("the keyset is missing");
    }

    private void assertAudit(int exit, String line) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-cp");
        command.add(
                System.getProperty("jdk.module.path", "")
                        + File.pathSeparator
                        + System.getProperty("java.class.path", ""));
        command.add(Main.class.getName());
        command.add("audit");
        command.add("--database.url=" + place.url());
        command.add("--database.user=" + LocalPostgres.USER);
        Process process = new ProcessBuilder(command).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(exit, process.waitFor(), out);
        assertTrue(out.lines().anyMatch(line::equals), out);
    }
}
