package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.json.Json;
import me.owlrun.mint.Mint;
import me.owlrun.mint.testing.TestMint;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;

/// Whatever the mint does when it shall sign change into blanks, the buyer gets all of it, once: by
/// signatures, or by a token when the blanks cannot be used.
final class BlankRecoveryTest {

    private static final String MODEL = "qwen2.5:0.5b";
    private static final String SWAP = "/v1/swap";
    private static final int ALWAYS = 1_000_000;

    private static Mint mint;
    private static TcpProxy proxy;
    private static TestGateway gateway;
    private static TestBuyer buyer;

    @BeforeAll
    static void start() throws IOException {
        mint = TestMint.fresh().start();
        proxy = new TcpProxy(mint.port());
        gateway =
                TestGateway.startBehind(
                        mint,
                        "--mint.url=http://127.0.0.1:" + proxy.port(),
                        "--mint.public_url=" + mint.url(),
                        "--mint.timeout=60000",
                        "--job.accept=60000",
                        "--float.kits=3"); // soon made, so that the swaps seen here are of changes
        gateway.awaitFloat();
        buyer = new TestBuyer(gateway);
    }

    @AfterAll
    static void stop() throws IOException {
        gateway.close();
        proxy.close();
    }

    @AfterEach
    void audit_afterEveryTest_findsNothing() {
        assertEquals(List.of(), gateway.audit());
    }

    /// A payment whose change meets a mint that misbehaves from when the job has begun.
    private record Case(String token, TestBlanks blanks, JsonNode told) {

        private static Case of(Runnable misbehave) {
            try (TestNode node =
                    TestNode.connect(
                            gateway.url(),
                            List.of(MODEL),
                            (worker, job) -> {
                                worker.accept(job);
                                var _ = worker.fetch(job);
                                misbehave.run();
                                TestAnswers.HELLO.forEach(
                                        event -> worker.chunk(job, "data: " + event + "\n\n"));
                                worker.done(job);
                            })) {
                TestBlanks blanks =
                        new TestBlanks(buyer.wallet(CurrencyUnit.MSAT), CurrencyUnit.MSAT, 12);
                String token = buyer.token(CurrencyUnit.MSAT, 4_000, true);
                HttpResponse<String> response =
                        buyer.complete(
                                token,
                                TestBuyer.request(MODEL, true),
                                "X-Cashu-Change-Outputs",
                                blanks.header());
                assertEquals(200, response.statusCode(), response.body());
                assertTrue(node.key().startsWith("owlr_prov_"));
                return new Case(token, blanks, TestBuyer.changeEvent(response.body()));
            }
        }

        private void assertPending() {
            assertEquals("pending", told.path("state").asText(), told.toString());
            assertEquals(0, told.path("signatures").size());
            assertEquals(3_990, told.path("change_msats").asLong());
            assertFalse(told.has("token"));
            assertEquals(202, buyer.outcome(token).statusCode());
            HttpResponse<String> again = buyer.complete(token, TestBuyer.request(MODEL, true));
            assertEquals(409, again.statusCode(), again.body());
            assertEquals(List.of(), gateway.audit());
        }

        private void assertSignedInTheEnd() {
            Waiting.until("outcome", () -> buyer.outcome(token).statusCode() == 200);
            JsonNode outcome = Json.parse(buyer.outcome(token).body());
            assertEquals("settled", outcome.path("state").asText());
            assertFalse(outcome.has("token"));
            assertEquals(3_990, blanks.cash(outcome));
        }
    }

    private static String answer(int status, int code) {
        String body = "{\"detail\":\"no\",\"code\":%d}".formatted(code);
        return ("HTTP/1.1 %d No\r\nContent-Type: application/json\r\n"
                        + "Connection: close\r\nContent-Length: %d\r\n\r\n%s")
                .formatted(status, body.length(), body);
    }

    private static void mend() {
        proxy.answerInstead(SWAP, 0, "");
        proxy.dropAnswers(SWAP, 0);
    }

    @Test
    void mint_brokenAtTheChange_signsLater() {
        Case payment = Case.of(() -> proxy.answerInstead(SWAP, ALWAYS, answer(502, 0)));
        payment.assertPending();
        mend();
        payment.assertSignedInTheEnd();
    }

    @Test
    void mint_pausedAtTheChange_signsLater() {
        Case payment = Case.of(() -> proxy.answerInstead(SWAP, ALWAYS, answer(400, 20003)));
        payment.assertPending();
        mend();
        payment.assertSignedInTheEnd();
    }

    @Test
    void mint_whoseAnswersAreLost_hasSignedAndSaysSoLater() {
        Case payment = Case.of(() -> proxy.dropAnswers(SWAP, ALWAYS));
        payment.assertPending();
        mend();
        payment.assertSignedInTheEnd();
    }

    @Test
    void mint_thatForgetsItsAnswers_isAskedForItsSignatures() {
        Case payment =
                Case.of(() -> {
                    proxy.answerInstead(SWAP, 1, answer(400, 11001));
                    proxy.dropAnswers(SWAP, 1);
                });
        assertFalse(payment.told.has("state"), payment.told.toString());
        assertEquals(3_990, payment.blanks.cash(payment.told));
        mend();
    }

    @Test
    void mint_thatDoesNotSignTheBlanks_leavesAToken() {
        Case payment = Case.of(() -> proxy.answerInstead(SWAP, 1, answer(400, 11003)));
        assertFalse(payment.told.has("state"), payment.told.toString());
        assertEquals(0, payment.told.path("signatures").size());
        assertEquals(3_990, buyer.cash(payment.told));
        assertEquals(0, payment.blanks.restore());
        mend();
    }

    @Test
    void gateway_stoppedWithChangeOnItsWay_goesOnAtTheNextStart() {
        Case payment = Case.of(() -> proxy.answerInstead(SWAP, ALWAYS, answer(502, 0)));
        payment.assertPending();
        gateway.stopGateway();
        mend();
        gateway.startGateway();
        payment.assertSignedInTheEnd();
    }

    @Test
    void buyer_withItsSeedAndTheMintAlone_restoresTheChange() {
        Case payment = Case.of(() -> proxy.dropAnswers(SWAP, ALWAYS));
        gateway.stopGateway();
        assertEquals(3_990, payment.blanks.restore());
        mend();
        gateway.startGateway();
    }

    @Test
    void mint_withAFee_keepsItOutOfTheChange() throws IOException {
        try (Mint dear = TestMint.fresh().start("--keyset.input_fee_ppk=500");
                TestGateway other =
                        TestGateway.startBehind(
                                dear, "--mint.timeout=60000", "--job.accept=60000");
                TestNode node = TestNode.answering(other.url(), MODEL, TestAnswers.HELLO)) {
            TestBuyer payer = new TestBuyer(other);
            var wallet = payer.wallet(CurrencyUnit.MSAT);
            TestBlanks blanks = new TestBlanks(wallet, CurrencyUnit.MSAT, 12);
            String token = payer.token(CurrencyUnit.MSAT, 4_000, true);
            long claimFee = 3; // six proofs
            HttpResponse<String> response =
                    payer.complete(
                            token,
                            TestBuyer.request(MODEL, true),
                            "X-Cashu-Change-Outputs",
                            blanks.header());
            assertEquals(200, response.statusCode(), response.body());
            JsonNode change = TestBuyer.changeEvent(response.body());
            long fee = change.path("fee_msats").asLong();
            assertTrue(fee > 0, change.toString());
            assertEquals(4_000 - claimFee - 10 - fee, change.path("change_msats").asLong());
            assertEquals(4_000 - claimFee - 10 - fee, blanks.cash(change));
            assertEquals(List.of(), other.audit());
            assertTrue(node.key().startsWith("owlr_prov_"));
        }
    }
}
