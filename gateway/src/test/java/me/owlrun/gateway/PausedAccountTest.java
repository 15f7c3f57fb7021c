package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.CurrencyUnit;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.util.List;

/// A paused account neither buys nor earns nor takes out; every one of its keys is told so, its
/// money stays, and after the pause all is as before.
final class PausedAccountTest {

    private static final String MODEL = "qwen2.5:0.5b";
    private static final String PAUSED = "403 account_paused Authorization";
    private static final String CHAT =
            """
            {"model":"qwen2.5:0.5b","messages":[{"role":"user","content":"Hi"}]}\
            """;

    private static final TestOperator OPERATOR = new TestOperator();
    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start(OPERATOR.flags());
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @AfterEach
    void audit_afterEveryTest_findsNothing() {
        assertEquals(List.of(), gateway.audit());
    }

    private static void operator(String what, String id) {
        var _ =
                OPERATOR.post(
                        "/accounts/" + what,
                        "{\"id\":\"%s\",\"reason\":\"asked by its owner\"}".formatted(id));
    }

    private static String idOf(TestAccount account) {
        return account.get("/v1/account").ok().path("id").asText();
    }

    @Test
    void buyersKeys_areRefusedAndLoseNothing() {
        TestAccount owner = TestAccount.open(gateway);
        var _ = owner.topUp(100);
        JsonNode made = owner.post("/v1/account/keys", "{}").ok();
        TestAccount spender = owner.by(made.path("api_key").asText());
        operator("pause", idOf(owner));
        for (TestAccount key : List.of(owner, spender)) {
            assertEquals(PAUSED, key.post("/v1/chat/completions", CHAT).error());
            assertEquals(
                    "403 account_paused",
                    key.post("/api/chat", CHAT).status()
                            + " "
                            + key.post("/api/chat", CHAT).body().path("code").asText());
            assertEquals(PAUSED, key.post("/v1/account/topup", "{}").error());
            assertEquals("paused", key.get("/v1/account").ok().path("status").asText());
        }
        assertEquals(PAUSED, owner.post("/v1/account/withdraw", "{}").error());
        assertEquals(PAUSED, owner.post("/v1/provider/withdraw-ecash", "{}").error());
        assertEquals(PAUSED, owner.get("/v1/account/withdrawals").error());
        assertEquals(PAUSED, owner.post("/v1/account/keys", "{}").error());
        assertEquals(
                "asked by its owner", owner.get("/v1/account").ok().path("paused_reason").asText());
        assertEquals(100_000, owner.balanceMsat());
        operator("resume", idOf(owner));
        assertEquals("active", owner.get("/v1/account").ok().path("status").asText());
        assertEquals(
                200,
                owner.post("/v1/account/withdraw", "{\"method\":\"ecash\",\"amount_sats\":10}")
                        .status());
    }

    @Test
    void nodes_getNoJobsAndCannotRegister_untilItIsOver() {
        TestBuyer buyer = new TestBuyer(gateway);
        try (TestNode node = TestNode.answering(gateway.url(), MODEL, TestAnswers.HELLO)) {
            TestAccount provider = new TestAccount(gateway, node.key());
            String token = buyer.token(CurrencyUnit.MSAT, 5_000, false);
            operator("pause", idOf(provider));
            assertEquals(503, buyer.complete(token, TestBuyer.request(MODEL, false)).statusCode());
            assertEquals("paused", node.beat().path("status").asText());
            assertEquals(
                    "register: 403",
                    assertThrows(AssertionError.class, () -> node.register(List.of(MODEL)))
                            .getMessage());
            assertEquals(403, TestNode.statusOfSocket(gateway.url(), node.key()));
            assertEquals(PAUSED, provider.post("/v1/provider/withdraw-ecash", "{}").error());
            assertEquals(
                    "asked by its owner",
                    OPERATOR.get("/accounts/" + node.key()).at("/accounts/0/paused").asText());

            operator("resume", idOf(provider));
            assertEquals("online", node.beat().path("status").asText());
            node.register(List.of(MODEL));
            assertEquals(200, buyer.complete(token, TestBuyer.request(MODEL, false)).statusCode());
        }
    }

    @Test
    void anotherGateway_followsWithinSeconds() {
        try (Gateway other = gateway.another("--instance=b", "--admin.port=0");
                TestNode node = TestNode.answering(other.url(), MODEL, TestAnswers.HELLO)) {
            TestAccount provider = new TestAccount(gateway, node.key());
            assertEquals(1, other.dispatcher().pool().countTakingJobs());
            operator("pause", idOf(provider));
            Waiting.until("pause", () -> other.dispatcher().pool().countTakingJobs() == 0);
            assertTrue(other.dispatcher().pool().nodesByModel().isEmpty());
            operator("resume", idOf(provider));
            Waiting.until("resume", () -> other.dispatcher().pool().countTakingJobs() == 1);
        }
    }
}
