package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.gateway.vault.Exchanger;
import me.owlrun.mint.Mint;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Coins of one unit become coins of the other at a real mint, exactly once, whatever is lost on
/// the way and wherever the gateway dies.
final class ExchangeTest {

    private static final String OPEN =
            "SELECT count(*) FROM exchange WHERE state NOT IN ('done', 'failed')";

    private static final String DONE = "SELECT count(*) FROM exchange WHERE state = 'done'";
    private static final String FAILED = "SELECT count(*) FROM exchange WHERE state = 'failed'";
    private static final long SATS = 10;

    private static Mint mint;
    private static TcpProxy proxy;
    private static TestGateway gateway;
    private static TestVault vault;

    @BeforeAll
    static void start() throws IOException {
        mint = TestMint.fresh().start("--fake.pay_delay=2000");
        proxy = new TcpProxy(mint.port());
        gateway = TestGateway.startBehind(mint, "--float.target=20000", "--float.kits=1");
        gateway.awaitFloat();
        gateway.stopGateway();
        vault = new TestVault(gateway, "http://127.0.0.1:" + proxy.port());
    }

    @AfterAll
    static void stop() throws IOException {
        try {
            assertEquals(List.of(), gateway.audit());
        } finally {
            vault.close();
            proxy.close();
            mint.close();
        }
    }

    /// A crash of the gateway.
    private static final class CrashException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /// Every write of an exchange asks for the time once or more; whoever asks for the n-th time
    /// dies before its commit.
    private static InstantSource dyingAt(int ask) {
        AtomicInteger asked = new AtomicInteger();
        return () -> {
            if (asked.incrementAndGet() == ask) {
                throw new CrashException();
            }
            return InstantSource.system().instant();
        };
    }

    private static void finish() {
        Exchanger next = vault.exchanger();
        Waiting.until(
                "ended",
                () -> {
                    next.goOn();
                    return TestSql.number(gateway, OPEN) == 0;
                });
    }

    @Test
    void gateway_thatDiesAtAnyWrite_losesNothing() {
        int crashes = 0;
        int ended = 0;
        for (int ask = 1; ended == 0; ask++) {
            long before = vault.held();
            try {
                Exchanger.Result result =
                        vault.exchanger(dyingAt(ask)).exchange(CurrencyUnit.SAT, SATS, SATS);
                ended += result == Exchanger.Result.DONE ? 1 : 0;
            } catch (CrashException e) {
                crashes++;
            }
            finish();
            assertEquals(before, vault.held(), "after ask " + ask);
            assertEquals(List.of(), gateway.audit(), "after ask " + ask);
            assertTrue(ask < 40, "it never ends");
        }
        assertTrue(crashes >= 4, "begun, taken and ended are writes: " + crashes);
        assertTrue(vault.loose(CurrencyUnit.SAT) >= SATS * 1_000);
    }

    @Test
    void answers_thatGetLost_areAskedForAgain() {
        for (String path :
                List.of(
                        "/v1/melt/bolt11",
                        "/v1/melt/quote/bolt11",
                        "/v1/mint/bolt11",
                        "/v1/mint/quote/bolt11")) {
            for (int lost = 1; lost <= 3; lost++) {
                long before = vault.held();
                proxy.dropAnswers(path, lost);
                var _ = vault.exchanger().exchange(CurrencyUnit.SAT, SATS, SATS);
                proxy.dropAnswers(path, 0);
                finish();
                assertEquals(before, vault.held(), path + " lost " + lost);
            }
        }
        assertEquals(List.of(), gateway.audit());
    }

    @Test
    void units_goThereAndBack_atNoCostAtOurMint() {
        long before = vault.held();
        long sats = vault.loose(CurrencyUnit.SAT);
        assertEquals(Exchanger.Result.DONE, vault.exchanger().exchange(CurrencyUnit.SAT, 100, 100));
        assertEquals(sats + 100_000, vault.loose(CurrencyUnit.SAT));
        assertEquals(
                Exchanger.Result.DONE,
                vault.exchanger().exchange(CurrencyUnit.MSAT, 90_001, 90_001));
        assertEquals(sats + 9_000, vault.loose(CurrencyUnit.SAT), "rounded up to a sat");
        assertEquals(before, vault.held());
        assertTrue(TestSql.number(gateway, DONE) >= 2);
        assertEquals(
                Exchanger.Result.SHORT,
                vault.exchanger().exchange(CurrencyUnit.SAT, 1_000_000, 1_000_000));
    }

    @Test
    void mintThatRefuses_leavesTheCoins() {
        long before = vault.held();
        String body = "{\"detail\":\"no way\",\"code\":20004}";
        proxy.answerInstead(
                "/v1/melt/bolt11",
                1,
                "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.length()
                        + "\r\nConnection: close\r\n\r\n"
                        + body);
        long failed = TestSql.number(gateway, FAILED);
        assertEquals(
                Exchanger.Result.UNAVAILABLE,
                vault.exchanger().exchange(CurrencyUnit.SAT, SATS, SATS));
        assertEquals(failed + 1, TestSql.number(gateway, FAILED), "the coins were taken back");
        assertEquals(before, vault.held());
        assertEquals(List.of(), gateway.audit());
    }

    @Test
    void floatThatRunsLow_isRefilledFromEarnedSats_notByTheOperator() {
        String quotes = "SELECT count(*) FROM float_quote";
        long asked = TestSql.number(gateway, quotes);
        Msat target = Msat.of(vault.loose(CurrencyUnit.MSAT) / 1_000_000 * 1_000_000);
        long sats = target.floorSat() * 3 / 4;
        assertEquals(
                Exchanger.Result.DONE, vault.exchanger().exchange(CurrencyUnit.SAT, sats, sats));
        assertTrue(vault.loose(CurrencyUnit.MSAT) < target.value() / 2, "it is low");
        vault.floatKeeper(target).round();
        assertTrue(vault.loose(CurrencyUnit.MSAT) >= target.value() - 2_000, "it is full again");
        assertEquals(asked, TestSql.number(gateway, quotes), "nobody was asked for money");
    }
}
