package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Accounts and their keys over HTTP.
final class AccountTest {

    private static final String KEYS = "/v1/account/keys";

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway =
                TestGateway.start(
                        "--signup.per_hour=1000", "--signup.credit=7", "--account.keys=4");
    }

    @AfterAll
    static void stop() {
        assertEquals(List.of(), gateway.audit());
        gateway.close();
    }

    private static TestAccount.Reply signUp(String body, String... headers) {
        return new TestAccount(gateway, "").post("/v1/beta/signup", body, headers);
    }

    @Test
    void signup_givesAKeyOnceThatOpensAnAccountWithItsCredit() {
        TestAccount.Reply reply = signUp("{\"name\":\"Ada\",\"referral_code\":\"owlr_ref_x\"}");
        String key = reply.ok().path("api_key").asText();
        assertTrue(key.matches("owlr_buy_[0-9a-f]{48}"), key);
        assertEquals(7, reply.body().path("credit_sats").asLong());
        assertEquals("no-store", reply.response().headers().firstValue("Cache-Control").get());

        TestAccount account = new TestAccount(gateway, key);
        JsonNode shown = account.get("/v1/account").ok();
        assertEquals(reply.body().path("account_id"), shown.path("id"));
        assertEquals("Ada", shown.path("name").asText());
        assertEquals(7_000, shown.path("balance_msats").asLong());
        assertEquals(0, shown.at("/sats/balance_msats").asLong());
        assertEquals(0, shown.at("/credit/withdrawable_sats").asLong());
        assertEquals(7_000, shown.at("/credit/balance_msats").asLong());
        assertEquals("starter", shown.at("/tier/name").asText());
        assertEquals(91, shown.at("/tier/provider_percent").asInt());
        assertEquals(1, shown.path("keys").size());
        assertFalse(shown.toString().contains(key), "the key is shown once");
        assertEquals(shown, account.get("/v1/account/balance").ok());
        assertEquals(7_000, account.historySumMsat(1));
        assertEquals("grant", account.get("/v1/account/history").ok().at("/data/0/event").asText());
        assertNotEquals(key, signUp("").ok().path("api_key").asText());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"name":7}                   | 400 invalid_request name
                    {"name":"a\\u0000b"}         | 400 invalid_request name
                    {"referral_code":"a b"}      | 400 invalid_request referral_code
                    {"name":"a","name":"b"}      | 400 invalid_json
                    []                           | 400 invalid_json
                    {                            | 400 invalid_json
                    """)
    void signup_wrong_saysWhat(String body, String error) {
        assertEquals(error, signUp(body).error());
    }

    @Test
    void signup_tooLongOrNotJson_isRefused() {
        assertEquals(
                "400 invalid_request name",
                signUp("{\"name\":\"" + "n".repeat(65) + "\"}").error());
        assertEquals(
                "413 body_too_large", signUp("{\"x\":\"" + "n".repeat(20_000) + "\"}").error());
        assertEquals(
                "415 unsupported_media_type",
                signUp("name=x", "Content-Type", "application/x-www-form-urlencoded").error());
        assertEquals(
                "405 method_not_allowed",
                new TestAccount(gateway, "").get("/v1/beta/signup").error());
    }

    @Test
    void signup_tooOftenFromOneAddress_is429() {
        try (TestGateway strict = TestGateway.start("--signup.per_hour=2")) {
            TestAccount nobody = new TestAccount(strict, "");
            assertEquals(200, nobody.post("/v1/beta/signup", "").status());
            assertEquals(400, nobody.post("/v1/beta/signup", "[]").status());
            assertEquals(200, nobody.post("/v1/beta/signup", "{}").status());
            TestAccount.Reply third = nobody.post("/v1/beta/signup", "{}");
            assertEquals("429 rate_limit_exceeded", third.error());
            assertTrue(third.response().headers().firstValue("Retry-After").isPresent());
            assertEquals(2, TestSql.number(strict, "SELECT count(*) FROM user_account"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "sk-123",
                "owlr_buy_",
                "owlr_buy_000000000000000000000000000000000000000000000000",
                "owlr_prov_0123456789abcdef_unknown",
                "owlr_buy_with spaces"
            })
    void account_withoutAKnownKey_is401(String key) {
        TestAccount stranger = new TestAccount(gateway, key);
        for (String path : List.of("/v1/account", "/v1/account/history", KEYS)) {
            assertEquals("401 invalid_api_key Authorization", stranger.get(path).error());
        }
        assertEquals("401 invalid_api_key Authorization", stranger.post(KEYS, "{}").error());
        assertEquals(
                "401 invalid_api_key Authorization",
                stranger.post("/v1/account/topup", "{}").error());
    }

    @Test
    void keys_ofChildren_spendOnlyAndDoNotManage() {
        TestAccount owner = TestAccount.open(gateway);
        JsonNode made = owner.post(KEYS, "{\"spend_limit_sats\":5,\"limit_period\":\"day\"}").ok();
        assertTrue(made.path("spend_only").asBoolean());
        assertEquals(5_000, made.path("spend_limit_msats").asLong());
        assertEquals("day", made.path("limit_period").asText());
        TestAccount child = owner.by(made.path("api_key").asText());
        assertEquals(2, child.get(KEYS).ok().path("data").size());
        assertFalse(child.get(KEYS).body().toString().contains("api_key"));
        String path = KEYS + "/" + made.path("id").asText();
        for (TestAccount.Reply reply :
                List.of(
                        child.post(KEYS, "{}"),
                        child.send("PATCH", path, "{\"name\":\"x\"}"),
                        child.send("DELETE", path, ""))) {
            assertEquals("403 key_not_allowed Authorization", reply.error());
        }
        assertEquals(200, owner.send("DELETE", path, "").status());
        assertEquals("401 invalid_api_key Authorization", child.get("/v1/account").error());
        assertEquals("404 key_not_found", owner.send("DELETE", path, "").error());
        assertEquals("404 key_not_found", owner.send("PATCH", path, "{\"name\":\"x\"}").error());
    }

    @Test
    void keys_change_keepsWhatIsNotNamed() {
        TestAccount owner = TestAccount.open(gateway);
        String path = KEYS + "/" + owner.post(KEYS, "{\"name\":\"a\"}").ok().path("id").asText();
        JsonNode limited =
                owner.send("PATCH", path, "{\"spend_limit_msats\":1500,\"limit_period\":\"month\"}")
                        .ok();
        assertEquals("a", limited.path("name").asText());
        assertEquals(1_500, limited.path("spend_limit_msats").asLong());
        JsonNode named = owner.send("PATCH", path, "{\"name\":\"b\"}").ok();
        assertEquals(1_500, named.path("spend_limit_msats").asLong());
        assertEquals("month", named.path("limit_period").asText());
        JsonNode free = owner.send("PATCH", path, "{\"spend_limit_msats\":null}").ok();
        assertTrue(free.path("spend_limit_msats").isNull());
        assertEquals("b", free.path("name").asText());
    }

    @Test
    void keys_limitBelowWhatIsSpent_isRefused() {
        TestAccount owner = TestAccount.open(gateway);
        JsonNode made = owner.post(KEYS, "{\"spend_limit_sats\":9}").ok();
        String id = made.path("id").asText();
        TestSql.execute(
                gateway,
                "UPDATE api_key SET spent_msat = 4000 WHERE id = '%s'".formatted(id.substring(4)));
        String path = KEYS + "/" + id;
        assertEquals(
                "400 invalid_request spend_limit_msats",
                owner.send("PATCH", path, "{\"spend_limit_sats\":3}").error());
        assertEquals(
                4_000,
                owner.send("PATCH", path, "{\"spend_limit_sats\":4}")
                        .ok()
                        .path("spent_msats")
                        .asLong());
        TestSql.execute(gateway, "UPDATE api_key SET spent_msat = 4001 WHERE spent_msat = 4000");
        assertEquals(1, gateway.audit().size());
        assertTrue(gateway.audit().getFirst().startsWith("keys_within_limits"));
        TestSql.execute(gateway, "UPDATE api_key SET spent_msat = 0 WHERE spent_msat = 4001");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"spend_limit_sats":0}                           | spend_limit_sats
                    {"spend_limit_sats":-1}                          | spend_limit_sats
                    {"spend_limit_sats":1.5}                         | spend_limit_sats
                    {"spend_limit_sats":"5"}                         | spend_limit_sats
                    {"spend_limit_sats":100000001}                   | spend_limit_sats
                    {"spend_limit_msats":99999999999999999999}       | spend_limit_msats
                    {"spend_limit_sats":1,"spend_limit_msats":1000}  | spend_limit_sats
                    {"limit_period":"week"}                          | limit_period
                    {"limit_period":7}                               | limit_period
                    {"spend_only":"no"}                              | spend_only
                    {"name":["x"]}                                   | name
                    """)
    void keys_withAWrongField_nameIt(String body, String field) {
        assertEquals(
                "400 invalid_request " + field, TestAccount.open(gateway).post(KEYS, body).error());
    }

    @Test
    void keys_moreThanAllowedOrOfOthers_areRefused() {
        TestAccount owner = TestAccount.open(gateway);
        for (int i = 0; i < 3; i++) {
            assertEquals(200, owner.post(KEYS, "{}").status());
        }
        assertEquals("409 too_many_keys", owner.post(KEYS, "{}").error());
        TestAccount other = TestAccount.open(gateway);
        String foreign = owner.get(KEYS).ok().at("/data/0/id").asText();
        for (String id :
                List.of(foreign, "key_1", "x", foreign.substring(4), "key_" + "0".repeat(36))) {
            assertEquals("404 key_not_found", other.send("DELETE", KEYS + "/" + id, "").error());
        }
        assertEquals("405 method_not_allowed", other.get(KEYS + "/" + foreign).error());
        assertEquals(
                "400 invalid_request spend_only",
                other.send("PATCH", KEYS + "/" + foreign, "{\"spend_only\":false}").error());
    }

    @Test
    void keys_theLastOwner_endsOnlyWhenForced() throws Exception {
        TestAccount first = TestAccount.open(gateway);
        TestAccount second =
                first.by(first.post(KEYS, "{\"spend_only\":false}").ok().path("api_key").asText());
        var _ = first.post(KEYS, "{}").ok();
        String mine = "";
        String theirs = "";
        for (JsonNode key : first.get(KEYS).ok().path("data")) {
            if (!key.path("spend_only").asBoolean()) {
                boolean isFirst = first.key().startsWith(key.path("prefix").asText());
                mine = isFirst ? KEYS + "/" + key.path("id").asText() : mine;
                theirs = isFirst ? theirs : KEYS + "/" + key.path("id").asText();
            }
        }
        List<String> ends = List.of(mine, theirs);
        List<Callable<TestAccount.Reply>> both = new ArrayList<>();
        both.add(() -> second.send("DELETE", ends.get(0), ""));
        both.add(() -> first.send("DELETE", ends.get(1), ""));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            int ended = 0;
            for (Future<TestAccount.Reply> reply : threads.invokeAll(both)) {
                ended += reply.get().status() == 200 ? 1 : 0;
            }
            assertEquals(1, ended, "of two that end each other one stays");
        }
        boolean firstIsLeft = first.get("/v1/account").status() == 200;
        TestAccount left = firstIsLeft ? first : second;
        String last = firstIsLeft ? mine : theirs;
        assertEquals("409 last_key", left.send("DELETE", last, "").error());
        assertEquals(200, left.send("DELETE", last + "?force=true", "").status());
        assertEquals("401 invalid_api_key Authorization", left.get("/v1/account").error());
    }

    @Test
    void providerKey_makesKeysForItsAccountAndSeesTheSamePots() {
        try (TestNode node = TestNode.connect(gateway.url(), List.of("m:1b"), (n, job) -> {})) {
            TestAccount provider = new TestAccount(gateway, node.key());
            JsonNode made = provider.post(KEYS, "{\"spend_only\":false}").ok();
            TestAccount buyer = provider.by(made.path("api_key").asText());
            assertEquals(
                    provider.get("/v1/account").ok().path("id"),
                    buyer.get("/v1/account").ok().path("id"));
            assertEquals(2, buyer.get(KEYS).ok().path("data").size());

            String id = buyer.get(KEYS).ok().at("/data/1/id").asText();
            assertEquals(
                    "provider",
                    buyer.send("DELETE", KEYS + "/" + id, "").ok().path("kind").asText());
            assertEquals("401 invalid_api_key Authorization", provider.get(KEYS).error());
            assertEquals(
                    "401 invalid_api_key Authorization",
                    provider.post(
                                    "/v1/gateway/register",
                                    """
                                    {"node_id": "n", "gpu": "x", "gpu_vendor": "none",
                                     "vram_total_mb": 0, "vram_free_mb": 0, "models": []}
                                    """)
                            .error(),
                    "a revoked key opens no account again");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "before=x, before",
        "before=-1, before",
        "before=9999999999999999999, before",
        "limit=0, limit",
        "limit=201, limit",
        "limit=1e2, limit"
    })
    void history_withAWrongQuestion_namesIt(String query, String param) {
        assertEquals(
                "400 invalid_request " + param,
                TestAccount.open(gateway).get("/v1/account/history?" + query).error());
    }

    @Test
    void pausedAccount_isSeenAndNotChanged() {
        TestAccount owner = TestAccount.open(gateway);
        String id = owner.get("/v1/account").ok().path("id").asText().substring(4);
        TestSql.execute(
                gateway,
                "UPDATE user_account SET paused_at = now(), paused_reason = 'asked' WHERE id = "
                        + id);
        assertEquals("paused", owner.get("/v1/account").ok().path("status").asText());
        assertEquals("403 account_paused Authorization", owner.post(KEYS, "{}").error());
        assertEquals(
                "403 account_paused Authorization",
                owner.post("/v1/account/topup", "{\"method\":\"lightning\",\"amount_sats\":5}")
                        .error());
    }
}
