package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.lnurl.TestLnurl;
import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/// Payouts by themselves: a gateway, or two, with an LNURL server and a real mint.
final class PayoutRoundTest {

    private static final String PAID = "SELECT count(*) FROM payout WHERE state = 'paid'";
    private static final String ANY = "SELECT count(*) FROM payout";
    private static final String KEY = "owlr_prov_0123456789abcdef";
    private static final String OTHER_KEY = "owlr_prov_fedcba9876543210";
    private static final String ROUND = "--payout.every=200";

    private final TestLnurl lnurl = TestLnurl.start(Clock.systemUTC());
    private TestGateway gateway;

    @BeforeEach
    void start() {
        gateway = TestGateway.start("--float.target=20000", ROUND, lnurl.flag());
    }

    @AfterEach
    void audit() {
        TestGateway last = gateway;
        try (lnurl;
                last) {
            assertEquals(List.of(), last.audit());
        }
    }

    private void register(String address, long threshold) {
        var _ = register(gateway, address, threshold);
    }

    /// Registers a node of a provider with a Lightning address.
    static TestAccount register(TestGateway gateway, String address, long threshold) {
        return register(gateway, KEY, address, threshold);
    }

    private static TestAccount register(
            TestGateway gateway, String key, String address, long threshold) {
        ObjectNode body = Json.object().put("node_id", "n1").put("gpu", "x");
        body.put("gpu_vendor", "cpu").put("vram_total_mb", 0).put("vram_free_mb", 0);
        body.put("lightning_address", address).put("redeem_threshold_sats", threshold);
        body.putArray("models");
        HttpResponse<String> response =
                new TestBuyer(gateway)
                        .post(
                                "/v1/gateway/register",
                                Optional.empty(),
                                Json.text(body),
                                "Authorization",
                                "Bearer " + key);
        assertEquals(200, response.statusCode(), response.body());
        return new TestAccount(gateway, key);
    }

    private long balance() {
        return TestSql.number(
                gateway, "SELECT balance_msat FROM account WHERE kind = 'sats' AND owner = '1'");
    }

    @Test
    void account_withTwoGateways_isPaidOnceEachTime() {
        register("alice@" + TestLnurl.HOST, 10);
        WithdrawTest.fund(gateway, Msat.ofSat(2_399));
        Waiting.until("known", () -> TestSql.number(gateway, "SELECT count(*) FROM payee") == 1);
        assertEquals(0, TestSql.number(gateway, ANY), "the first payout waits for 2,400 sats");
        assertEquals(
                100_000, TestSql.number(gateway, "SELECT threshold_msat FROM payee"), "clamped");
        try (Gateway other = gateway.another("--instance=b")) {
            WithdrawTest.fund(gateway, Msat.ofSat(1));
            Waiting.until("first", () -> TestSql.number(gateway, PAID) == 1);
            long rest = balance();
            assertTrue(rest < 100_000, "nearly all is paid: " + rest);
            WithdrawTest.fund(gateway, Msat.ofSat(300));
            Waiting.until("second", () -> TestSql.number(gateway, PAID) == 2);
            assertEquals(2, TestSql.number(gateway, ANY), "two loops, one payment each time");
            assertEquals(
                    0,
                    TestSql.number(gateway, "SELECT count(*) FROM payout_pause"),
                    "a lost race is no trouble");
            assertTrue(other.port() > 0);
        }
        assertEquals(
                2_700_000,
                TestSql.number(
                                gateway,
                                "SELECT (sum(amount_msat) + sum(fee_msat))::bigint FROM payout")
                        + balance());
    }

    @Test
    void address_thatChanges_isLeftAloneForAnHour() {
        register("alice@" + TestLnurl.HOST, 100);
        Waiting.until("known", () -> TestSql.number(gateway, "SELECT count(*) FROM payee") == 1);
        register("mallory@" + TestLnurl.HOST, 100);
        Waiting.until(
                "changed",
                () ->
                        TestSql.number(
                                        gateway,
                                        "SELECT count(*) FROM payee WHERE address LIKE 'mallory%'"
                                                + " AND next_try_at > now() + interval '50 min'")
                                == 1);
        WithdrawTest.fund(gateway, Msat.ofSat(3_000));
        int rounds = lnurl.callbacks().size();
        register("mallory@" + TestLnurl.HOST, 200);
        Waiting.until(
                "another round",
                () ->
                        TestSql.number(
                                        gateway,
                                        "SELECT coalesce(max(threshold_msat), 0) FROM payee")
                                == 200_000);
        assertEquals(rounds, lnurl.callbacks().size());
        assertEquals(0, TestSql.number(gateway, ANY));
    }

    @Test
    void address_withWrongInvoices_isGivenUpAfterThree() {
        lnurl.invoices((amount, hash) -> "lnbc1nonsense");
        register("alice@" + TestLnurl.HOST, 100);
        WithdrawTest.fund(gateway, Msat.ofSat(3_000));
        Waiting.until(
                "three strikes",
                () -> {
                    TestSql.execute(gateway, "UPDATE payee SET next_try_at = now()");
                    return TestSql.number(gateway, "SELECT coalesce(max(strikes), 0) FROM payee")
                            == 3;
                });
        assertEquals(0, TestSql.number(gateway, ANY));
        assertEquals(3_000_000, balance());
    }

    @Test
    void account_thatIsPaused_keepsItsBalance_untilItIsResumed() {
        register("alice@" + TestLnurl.HOST, 100);
        Waiting.until("known", () -> TestSql.number(gateway, "SELECT count(*) FROM payee") == 1);
        TestSql.execute(gateway, "UPDATE user_account SET paused_at = now() WHERE id = 1");
        WithdrawTest.fund(gateway, Msat.ofSat(3_000));
        try (Gateway other = gateway.another("--instance=b")) {
            assertTrue(other.port() > 0);
            var _ = register(gateway, OTHER_KEY, "bob@" + TestLnurl.HOST, 200);
            Waiting.until(
                    "a round", () -> TestSql.number(gateway, "SELECT count(*) FROM payee") == 2);
            assertEquals(0, TestSql.number(gateway, ANY));
            assertEquals(3_000_000, balance());
            TestSql.execute(gateway, "UPDATE user_account SET paused_at = NULL");
            Waiting.until("paid", () -> TestSql.number(gateway, PAID) == 1);
        }
        assertEquals(1, TestSql.number(gateway, ANY));
    }
}
