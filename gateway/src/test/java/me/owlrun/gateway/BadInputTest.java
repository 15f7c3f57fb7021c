package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.Proof;
import me.owlrun.cashu.Scalar;
import me.owlrun.cashu.Token;
import me.owlrun.cashu.TokenCodec;
import me.owlrun.json.Json;
import me.owlrun.mint.testing.TestLock;
import me.owlrun.mint.testing.TestWallet;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;

/// Every bad input to the buyer's side gets its documented error and moves no money: the token of
/// each test is still unspent at the mint afterwards, and the audit finds nothing.
final class BadInputTest {

    private static final String MODEL = "qwen2.5:0.5b";
    private static final int AMOUNT = 3_000;

    private static TestGateway gateway;
    private static TestNode node;
    private static TestBuyer buyer;

    private List<Proof> proofs = List.of();
    private String token = "";

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("--token.max=10000");
        node = TestNode.connect(gateway.url(), List.of(MODEL, "own-model"), (n, job) -> {});
        buyer = new TestBuyer(gateway);
    }

    @AfterAll
    static void stop() {
        node.close();
        gateway.close();
    }

    @BeforeEach
    void mintToken() {
        TestWallet wallet = buyer.wallet(CurrencyUnit.MSAT);
        proofs = wallet.mint(AMOUNT);
        token = wallet.token(proofs, true);
    }

    @AfterEach
    void noMoneyMoved_afterEveryTest() {
        TestWallet wallet = buyer.wallet(CurrencyUnit.MSAT);
        wallet.states(proofs).forEach(state -> assertEquals("UNSPENT", state));
        assertEquals(List.of(), gateway.audit());
        assertEquals(404, buyer.outcome(token).statusCode());
    }

    private static void assertError(int status, String code, HttpResponse<String> response) {
        JsonNode error = Json.parse(response.body()).path("error");
        assertEquals(code, error.path("code").asText(), response.body());
        assertEquals(status, response.statusCode());
        assertFalse(error.path("message").asText().isEmpty());
        assertFalse(error.path("type").asText().isEmpty());
        assertTrue(error.has("param"));
        assertTrue(response.headers().firstValue("x-request-id").isPresent());
        assertEquals("*", response.headers().firstValue("access-control-allow-origin").orElse(""));
        assertTrue(response.headers().firstValue("X-Cashu-Change").isEmpty());
    }

    private HttpResponse<String> send(String body, String... headers) {
        return buyer.post("/v1/chat/completions", Optional.of(token), body, headers);
    }

    private HttpResponse<String> pay(String text) {
        return buyer.complete(text, TestBuyer.request(MODEL, true));
    }

    @Test
    void token_missing_is401() {
        HttpResponse<String> response =
                buyer.post(
                        "/v1/chat/completions",
                        Optional.empty(),
                        Json.text(TestBuyer.request(MODEL, true)));
        assertError(401, "no_payment_method", response);
    }

    @Test
    void token_foreignBearerOnly_is401() {
        HttpResponse<String> response =
                buyer.post(
                        "/v1/chat/completions",
                        Optional.empty(),
                        Json.text(TestBuyer.request(MODEL, true)),
                        "Authorization",
                        "Bearer sk-something");
        assertError(401, "no_payment_method", response);
    }

    @Test
    void token_malformed_is400() {
        for (String text :
                List.of(
                        "hello",
                        "cashuA",
                        "cashuAeyJ0b2",
                        "cashuBo2F0gQ",
                        "cashuC" + token.substring(6),
                        token.substring(0, token.length() - 20))) {
            assertError(400, "invalid_cashu_token", pay(text));
        }
    }

    @Test
    void token_over64KiB_is413() {
        assertError(413, "token_too_large", pay("cashuA" + "a".repeat(65_600)));
    }

    @Test
    void token_ofAnotherMint_is400() {
        Token foreign = new Token("https://mint.example.com", "msat", Optional.empty(), proofs);
        HttpResponse<String> refused = pay(TokenCodec.encodeB(foreign));
        assertError(400, "foreign_mint", refused);
        assertTrue(refused.body().contains(gateway.mintUrl()), "it names ours: " + refused.body());
    }

    @Test
    void token_ofAnotherUnit_is400() {
        Token dollars = new Token(gateway.mintUrl(), "usd", Optional.empty(), proofs);
        assertError(400, "unsupported_unit", pay(TokenCodec.encodeB(dollars)));
    }

    @Test
    void token_lockedToAKey_is400AndSaysSo() {
        Scalar owner = new Scalar(BigInteger.valueOf(1_001));
        TestWallet wallet = buyer.wallet(CurrencyUnit.MSAT);
        List<Proof> locked = wallet.mintLocked(512, List.of(TestLock.p2pk(owner).secret()));
        HttpResponse<String> refused = pay(wallet.token(locked, true));
        assertError(400, "invalid_cashu_token", refused);
        assertTrue(refused.body().contains("locked (P2PK or HTLC)"), refused.body());
    }

    @Test
    void key_ofAProvider_is401AndSaysHowToPay() {
        HttpResponse<String> refused =
                buyer.post(
                        "/v1/chat/completions",
                        Optional.empty(),
                        Json.text(TestBuyer.request(MODEL, true)),
                        "Authorization",
                        "Bearer " + node.key());
        assertError(401, "invalid_api_key", refused);
        assertTrue(refused.body().contains("/v1/account/keys"), refused.body());
    }

    @Test
    void token_thatLiesAboutItsUnit_is400() {
        Token sats = new Token(gateway.mintUrl(), "sat", Optional.empty(), proofs);
        assertError(400, "invalid_cashu_token", pay(TokenCodec.encodeB(sats)));
    }

    @Test
    void token_withUnknownKeyset_is400() {
        List<Proof> strange =
                proofs.stream().map(p -> p.withKeysetId(new KeysetId("00ffffffffffffff"))).toList();
        Token token = new Token(gateway.mintUrl(), "msat", Optional.empty(), strange);
        assertError(400, "invalid_cashu_token", pay(TokenCodec.encodeB(token)));
    }

    @Test
    void token_withAProofTwice_is400() {
        Token twice =
                new Token(
                        gateway.mintUrl(),
                        "msat",
                        Optional.empty(),
                        List.of(proofs.getFirst(), proofs.getFirst()));
        assertError(400, "invalid_cashu_token", pay(TokenCodec.encodeA(twice)));
    }

    @Test
    void token_withForgedSignature_is400() {
        Proof forged =
                new Proof(
                        1_024,
                        proofs.getFirst().keysetId(),
                        "no such secret",
                        proofs.getFirst().c(),
                        Optional.empty(),
                        Optional.empty());
        Token token = new Token(gateway.mintUrl(), "msat", Optional.empty(), List.of(forged));
        assertError(400, "invalid_cashu_token", pay(TokenCodec.encodeB(token)));
    }

    @Test
    void token_spentElsewhere_is402() {
        TestWallet wallet = buyer.wallet(CurrencyUnit.MSAT);
        List<Proof> other = wallet.mint(AMOUNT);
        String spent = wallet.token(other, true);
        assertEquals(AMOUNT, buyer.cash(spent));
        assertError(402, "token_spent", pay(spent));
        assertError(402, "token_spent", pay(spent));
    }

    @Test
    void token_tooSmall_is402() {
        String small = buyer.token(CurrencyUnit.MSAT, 9, true);
        assertError(402, "insufficient_funds", pay(small));
        assertEquals(9, buyer.cash(small));
    }

    @Test
    void token_tooSmallForThePrompt_is402() {
        String body =
                Json.text(TestBuyer.request(MODEL, true)).replace("Hello", "x".repeat(900_000));
        assertError(402, "insufficient_funds", send(body));
    }

    @Test
    void token_ofTooMuch_is400() {
        String rich = buyer.token(CurrencyUnit.SAT, 10_001, true);
        assertError(400, "token_value_too_high", pay(rich));
        assertEquals(10_001_000, buyer.cash(rich));
    }

    @Test
    void model_unknown_is404() {
        assertError(
                404, "model_not_found", send(Json.text(TestBuyer.request("no-such-model", true))));
    }

    @Test
    void model_thatNobodyServes_is503() {
        HttpResponse<String> response = send(Json.text(TestBuyer.request("llama3.3:70b", true)));
        assertError(503, "no_nodes", response);
        assertTrue(response.headers().firstValue("x-should-retry").isEmpty());
    }

    @Test
    void body_notJson_is400() {
        assertError(400, "invalid_json", send("{\"model\":"));
        assertError(400, "invalid_json", send(""));
        assertError(400, "invalid_json", send("[]"));
        assertError(400, "invalid_json", send("{\"model\":\"a\",\"model\":\"b\"}"));
        assertError(400, "invalid_json", send("[".repeat(100_000)));
    }

    @Test
    void body_withAWrongField_is400AndNamesIt() {
        for (String row :
                List.of(
                        "model|{\"messages\":[{\"role\":\"user\"}]}",
                        "model|{\"model\":7,\"messages\":[{\"role\":\"user\"}]}",
                        "messages|{\"model\":\"m\"}",
                        "messages|{\"model\":\"m\",\"messages\":[]}",
                        "messages|{\"model\":\"m\",\"messages\":[1]}",
                        "n|{\"model\":\"m\",\"messages\":[{\"role\":\"user\"}],\"n\":2}",
                        "stream|{\"model\":\"m\",\"messages\":[{\"role\":\"user\"}],\"stream\":1}",
                        "max_tokens|{\"model\":\"m\",\"messages\":[{\"role\":\"user\"}],"
                                + "\"max_tokens\":0}",
                        "max_tokens|{\"model\":\"m\",\"messages\":[{\"role\":\"user\"}],"
                                + "\"max_tokens\":-5}")) {
            int bar = row.indexOf('|');
            HttpResponse<String> response = send(row.substring(bar + 1));
            assertError(400, "invalid_request", response);
            assertEquals(
                    row.substring(0, bar),
                    Json.parse(response.body()).path("error").path("param").asText());
        }
    }

    @Test
    void body_notAnnouncedAsJson_is415() {
        assertError(
                415,
                "unsupported_media_type",
                send(Json.text(TestBuyer.request(MODEL, true)), "Content-Type", "text/plain"));
    }

    @Test
    void body_over10MiB_is413() {
        String body =
                Json.text(TestBuyer.request(MODEL, true)).replace("Hello", "x".repeat(10_500_000));
        assertError(413, "body_too_large", send(body));
    }

    @Test
    void path_unknown_is404() {
        assertError(404, "not_found", buyer.post("/v1/nothing", Optional.empty(), "{}"));
        assertError(404, "not_found", gateway.get("/v1/nothing"));
        assertError(404, "not_found", gateway.get("/../etc/passwd"));
    }

    @Test
    void method_wrong_is405WithAllow() {
        HttpResponse<String> response = gateway.get("/v1/chat/completions");
        assertError(405, "method_not_allowed", response);
        assertEquals("POST, OPTIONS", response.headers().firstValue("Allow").orElse(""));
        assertError(405, "method_not_allowed", buyer.post("/v1/models", Optional.empty(), "{}"));
    }

    @Test
    void change_ofUnknownToken_is404() {
        assertError(404, "payment_unknown", buyer.outcome(token));
        assertError(400, "invalid_cashu_token", buyer.outcome("cashuAxx"));
        assertError(401, "no_payment_method", buyer.post("/v1/cashu/change", Optional.empty(), ""));
    }
}
