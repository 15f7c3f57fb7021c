package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.config.Secret;
import me.owlrun.db.Database;
import me.owlrun.db.LocalPostgres;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.referral.Referrals;
import me.owlrun.json.Json;

import org.junit.jupiter.api.Test;

import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Whoever brings a node gets a fifth of the gateway's cut on what it serves, a day later, once.
final class ReferralTest {

    private static final String MODEL = "qwen2.5:0.5b";
    private static final String REFERRER = "owlr_prov_referrer_0123456789";

    private static void register(TestGateway gateway, String key, String node, String code) {
        ObjectNode body = Json.object().put("node_id", node).put("gpu", "x");
        body.put("gpu_vendor", "cpu").put("vram_total_mb", 0).put("vram_free_mb", 0);
        body.put("referral_code", code);
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
    }

    @Test
    void referral_ofANodeThatEarned_isPaidOnceFromTheFee() {
        try (TestGateway gateway = TestGateway.start();
                Database database =
                        Database.open(
                                gateway.databaseUrl(), LocalPostgres.USER, new Secret(""), 2)) {
            TestBuyer buyer = new TestBuyer(gateway);
            register(gateway, REFERRER, "r1", "");
            String code = summary(buyer).path("referral_code").asText();
            assertTrue(code.startsWith("owlr_ref_"));
            assertEquals(code, summary(buyer).path("referral_code").asText());
            register(gateway, REFERRER, "r2", code);
            String hello = "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello\"}}]}";
            try (TestNode node =
                    TestNode.answering(gateway.url(), MODEL, List.of(hello, "[DONE]"))) {
                register(gateway, node.key(), "other", code);
                for (int job = 0; job < 3; job++) {
                    String token = buyer.token(CurrencyUnit.MSAT, 50_000, true);
                    var response = buyer.complete(token, TestBuyer.request(MODEL, true));
                    assertEquals(200, response.statusCode(), response.body());
                }
            }
            long fee =
                    TestSql.number(gateway, "SELECT balance_msat FROM account WHERE kind = 'fee'");
            later(database, 0).round();
            Referrals later =
                    new Referrals(
                            database,
                            new LedgerStore(Clock.systemUTC()),
                            new SecureRandom(),
                            Clock.offset(Clock.systemUTC(), Duration.ofDays(2)),
                            new StopSignal());
            later.round();
            later.round();
            assertEquals(fee / 5, summary(buyer).path("earned_msats").asLong());
            assertEquals(1, summary(buyer).path("referred_accounts").asLong());
            assertTrue(fee >= 5);
            assertEquals(
                    fee - fee / 5,
                    TestSql.number(gateway, "SELECT balance_msat FROM account WHERE kind = 'fee'"));
            assertEquals(List.of(), gateway.audit());
        }
    }

    /// A buyer who was brought pays by key: its referrer gets a share of the fee, once, and only
    /// where the node was brought by nobody.
    @Test
    void referral_ofABuyer_isPaidFromTheFee_onceForEachFee() {
        try (TestGateway gateway = TestGateway.start();
                Database database =
                        Database.open(
                                gateway.databaseUrl(), LocalPostgres.USER, new Secret(""), 2)) {
            TestAccount friend = TestAccount.open(gateway);
            String code = code(friend);
            TestAccount brought = signUp(gateway, code);
            var _ = brought.topUp(1_000);
            String broughtCode = code(brought);
            try (TestNode own = TestNode.answering(gateway.url(), MODEL, TestAnswers.HELLO);
                    TestNode other =
                            TestNode.answering(gateway.url(), "other:1b", TestAnswers.HELLO)) {
                register(gateway, other.key(), "other2", broughtCode);
                assertEquals(200, complete(brought, MODEL), own.nodeId());
                long fee = fee(gateway);
                assertEquals(200, complete(brought, "other:1b"));
                long both = fee(gateway);
                assertTrue(both > fee && fee >= 5);
                later(database, 0).round();
                Referrals later = later(database, 2);
                later.round();
                later.round();
                JsonNode ofFriend = friend.get("/v1/account/referrals").ok();
                assertEquals(fee / 5, ofFriend.path("earned_msats").asLong());
                assertEquals(1, ofFriend.path("accounts").size());
                JsonNode account = ofFriend.at("/accounts/0");
                assertEquals(fee / 5, account.path("earned_msats").asLong());
                assertTrue(account.path("active").asBoolean());
                assertEquals(4, account.size(), account.toString());
                assertEquals(20, ofFriend.path("share_percent").asLong());
                assertEquals(12, ofFriend.path("months").asLong());
                assertEquals(
                        (both - fee) / 5,
                        brought.get("/v1/account/referrals").ok().path("earned_msats").asLong());
                assertEquals(List.of(), gateway.audit());
            }
        }
    }

    /// Days before the one on which a code was named are not paid: they may have been already.
    @Test
    void referral_thatIsNamedLate_countsFromThatDay() {
        try (TestGateway gateway = TestGateway.start();
                Database database =
                        Database.open(
                                gateway.databaseUrl(), LocalPostgres.USER, new Secret(""), 2)) {
            TestAccount friend = TestAccount.open(gateway);
            TestAccount buyer = TestAccount.open(gateway);
            var _ = buyer.topUp(1_000);
            try (TestNode node = TestNode.answering(gateway.url(), MODEL, TestAnswers.HELLO)) {
                assertEquals(200, complete(buyer, MODEL));
                register(gateway, node.key(), "other", code(friend));
                Referrals late = later(database, 2);
                late.round();
                late.round();
                assertEquals(1, TestSql.number(gateway, "SELECT count(*) FROM referral"));
                JsonNode ofFriend = friend.get("/v1/account/referrals").ok();
                assertEquals(0, ofFriend.path("earned_msats").asLong());
            }
        }
    }

    /// After twelve months nothing more is paid, and nobody is brought by whom it brought.
    @Test
    void referral_inACircleOrOfOneself_isRefused_andEnds() {
        try (TestGateway gateway = TestGateway.start();
                Database database =
                        Database.open(
                                gateway.databaseUrl(), LocalPostgres.USER, new Secret(""), 2)) {
            TestAccount first = TestAccount.open(gateway);
            TestAccount second = signUp(gateway, code(first));
            TestAccount third = signUp(gateway, code(second));
            TestNode node = TestNode.answering(gateway.url(), MODEL, TestAnswers.HELLO);
            node.close();
            String ofNode = code(third.by(node.key()));
            register(gateway, node.key(), "again", ofNode);
            Referrals now = later(database, 0);
            now.round();
            assertEquals(2, TestSql.number(gateway, "SELECT count(*) FROM referral"));
            TestSql.execute(
                    gateway,
                    "UPDATE user_account SET referral_code = '"
                            + code(third)
                            + "' WHERE id = (SELECT account_id FROM referral_code WHERE code = '"
                            + code(first)
                            + "')");
            now.round();
            assertEquals(2, TestSql.number(gateway, "SELECT count(*) FROM referral"));
            assertEquals(List.of(), gateway.audit());
            TestSql.execute(
                    gateway,
                    "INSERT INTO referral SELECT r.referrer_id, c.account_id, now(), now()"
                            + " FROM referral r, referral_code c WHERE c.code = '"
                            + code(third)
                            + "' AND r.referrer_id NOT IN (SELECT referred_id FROM referral)");
            assertTrue(
                    gateway.audit().stream()
                            .anyMatch(found -> found.startsWith("referral_is_no_circle")),
                    gateway.audit().toString());
            TestSql.execute(
                    gateway,
                    "UPDATE referral SET since = since - interval '13 months',"
                            + " ends_at = ends_at - interval '13 months'");
            JsonNode over = first.get("/v1/account/referrals").ok();
            assertTrue(over.at("/accounts/0").has("active"));
            assertFalse(over.at("/accounts/0/active").asBoolean());
        }
    }

    private static Referrals later(Database database, int days) {
        return new Referrals(
                database,
                new LedgerStore(Clock.systemUTC()),
                new SecureRandom(),
                Clock.offset(Clock.systemUTC(), Duration.ofDays(days)),
                new StopSignal());
    }

    private static String code(TestAccount account) {
        return account.get("/v1/account/referrals").ok().path("referral_code").asText();
    }

    private static TestAccount signUp(TestGateway gateway, String code) {
        JsonNode opened =
                new TestAccount(gateway, "")
                        .post("/v1/beta/signup", "{\"referral_code\":\"" + code + "\"}")
                        .ok();
        return new TestAccount(gateway, opened.path("api_key").asText());
    }

    private static int complete(TestAccount account, String model) {
        return account.post("/v1/chat/completions", Json.text(TestBuyer.request(model, false)))
                .status();
    }

    private static long fee(TestGateway gateway) {
        return TestSql.number(gateway, "SELECT balance_msat FROM account WHERE kind = 'fee'");
    }

    private static JsonNode summary(TestBuyer buyer) {
        return Json.parse(buyer.get("/v1/account/referrals", REFERRER).body());
    }
}
