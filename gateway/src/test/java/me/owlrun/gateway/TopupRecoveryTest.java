package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Proof;
import me.owlrun.json.Json;
import me.owlrun.mint.Mint;
import me.owlrun.mint.testing.TestMint;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Whatever breaks while money is paid in, the account has it exactly once in the end, or the payer
/// still has it.
final class TopupRecoveryTest {

    private static final String TOPUP = "/v1/account/topup";
    private static final String INVOICE = "{\"method\":\"lightning\",\"amount_sats\":21}";

    /// Lets no top-up be booked.
    private static final String BREAK_BOOKING =
            """
            CREATE FUNCTION break_topup() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF NEW.kind = 'topup' THEN RAISE EXCEPTION 'no bookings now'; END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER break_topup BEFORE INSERT ON transfer
                FOR EACH ROW EXECUTE FUNCTION break_topup();
            """;

    /// A mint, a line to it that can be made to fail, and a gateway.
    private record Place(Mint mint, TcpProxy proxy, TestGateway gateway) implements AutoCloseable {

        static Place start(String... flags) throws IOException {
            return start(TestMint.fresh().start(), flags);
        }

        static Place start(Mint mint, String... flags) throws IOException {
            TcpProxy proxy = new TcpProxy(mint.port());
            String[] all = new String[flags.length + 2];
            System.arraycopy(flags, 0, all, 0, flags.length);
            all[flags.length] = "--mint.url=http://127.0.0.1:" + proxy.port();
            all[flags.length + 1] = "--mint.public_url=" + mint.url();
            TestGateway gateway = TestGateway.startBehind(mint, all);
            return new Place(mint, proxy, gateway);
        }

        TestAccount account() {
            return TestAccount.open(gateway);
        }

        String token(CurrencyUnit unit, long amount) {
            return new TestBuyer(gateway).token(unit, amount, true);
        }

        @Override
        public void close() throws IOException {
            gateway.close();
            proxy.close();
        }
    }

    private static String body(String token) {
        return Json.text(Json.object().put("token", token));
    }

    private static String refusal(int code) {
        String body = "{\"detail\":\"no\",\"code\":%d}".formatted(code);
        return "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n"
                + "Connection: close\r\nContent-Length: %d\r\n\r\n%s"
                        .formatted(body.length(), body);
    }

    @Test
    void mint_losesAnAnswer_theReplayCredits() throws IOException {
        try (Place place = Place.start()) {
            place.gateway.awaitFloat();
            TestAccount account = place.account();
            String token = place.token(CurrencyUnit.SAT, 100);
            place.proxy.dropAnswers("/v1/swap", 1);
            assertEquals("credited", account.post(TOPUP, body(token)).ok().path("state").asText());
            place.proxy.dropAnswers("/v1/mint/bolt11", 1);
            var _ = account.topUp(21);
            assertEquals(2, place.proxy.dropped());
            assertEquals(121_000, account.balanceMsat());
            assertEquals(121_000, account.historySumMsat(1));
            assertEquals(List.of(), place.gateway.audit());
        }
    }

    @Test
    void mint_losesEveryAnswer_pendingUntilItIsKnown() throws IOException {
        try (Place place = Place.start()) {
            place.gateway.awaitFloat();
            TestAccount account = place.account();
            String token = place.token(CurrencyUnit.MSAT, 4_321);
            place.proxy.dropAnswers("/v1/swap", 1_000);
            TestAccount.Reply first = account.post(TOPUP, body(token));
            assertEquals(202, first.status(), first.body().toString());
            assertTrue(first.response().headers().firstValue("Retry-After").isPresent());
            TestAccount.Reply again = account.post(TOPUP, body(token));
            assertEquals(202, again.status());
            assertEquals(first.body(), again.body());
            assertEquals(0, account.balanceMsat());
            assertEquals(List.of(), place.gateway.audit());

            place.proxy.dropAnswers("/v1/swap", 0);
            String id = first.body().path("id").asText();
            var _ = account.await(id, "credited");
            assertEquals(4_321, account.balanceMsat());
            assertEquals(id, account.post(TOPUP, body(token)).ok().path("id").asText());
            assertEquals(List.of(), place.gateway.audit());
        }
    }

    @Test
    void mint_refusesToMintYet_isAskedAgain() throws IOException {
        try (Place place = Place.start()) {
            place.gateway.awaitFloat();
            TestAccount account = place.account();
            place.proxy.answerInstead("/v1/mint/bolt11", 1, refusal(20001));
            var _ = account.topUp(21);
            assertEquals(21_000, account.balanceMsat());
            assertEquals(
                    1,
                    TestSql.number(
                            place.gateway,
                            "SELECT count(*) FROM mint_operation"
                                    + " WHERE purpose = 'topup' AND state = 'refused'"));
            assertEquals(List.of(), place.gateway.audit());
        }
    }

    @Test
    void mint_rotatedItsKeys_isAskedWithTheNewOnes() throws IOException {
        try (Place place = Place.start()) {
            place.gateway.awaitFloat();
            TestAccount account = place.account();
            String token = place.token(CurrencyUnit.SAT, 5);
            place.proxy.answerInstead("/v1/swap", 1, refusal(12002));
            var _ = account.post(TOPUP, body(token)).ok();
            assertEquals(5_000, account.balanceMsat());
            assertEquals(List.of(), place.gateway.audit());
        }
    }

    @Test
    void mint_down_takesNothing() throws IOException {
        try (Place place = Place.start()) {
            TestAccount account = place.account();
            String token = place.token(CurrencyUnit.SAT, 100);
            place.proxy.cut();
            assertEquals("503 mint_unavailable", account.post(TOPUP, body(token)).error());
            assertEquals("503 mint_unavailable", account.post(TOPUP, INVOICE).error());
            assertEquals(0, account.balanceMsat());
            assertEquals(List.of(), place.gateway.audit());
            assertEquals(100_000, new TestBuyer(place.gateway).cash(token));
        }
    }

    @Test
    void booking_failsAfterTheMintHasSigned_isDoneLater() throws IOException {
        try (Place place = Place.start()) {
            TestAccount account = place.account();
            TestSql.execute(place.gateway, BREAK_BOOKING);
            String token = place.token(CurrencyUnit.SAT, 100);
            TestAccount.Reply failed = account.post(TOPUP, body(token));
            assertEquals("500 internal_error", failed.error());
            String invoice = account.post(TOPUP, INVOICE).ok().path("id").asText();
            var _ = account.await(invoice, "pending");
            assertEquals(0, account.balanceMsat());
            assertEquals(List.of(), place.gateway.audit());

            place.gateway.stopGateway();
            place.gateway.startGateway();
            assertEquals(0, account.balanceMsat());
            TestSql.execute(place.gateway, "DROP TRIGGER break_topup ON transfer");
            var _ = account.await(invoice, "credited");
            Waiting.until("both", () -> account.balanceMsat() == 121_000);
            assertEquals(121_000, account.historySumMsat(1));
            assertEquals(List.of(), place.gateway.audit());
        }
    }

    @Test
    void gateway_killedWhileTheMintsAnswerIsUnknown_creditsAtTheNextStart() throws IOException {
        Mint mint = TestMint.fresh().start();
        try (TcpProxy proxy = new TcpProxy(mint.port());
                TestGateway gateway =
                        TestGateway.startAsProcessBehind(
                                mint,
                                "--mint.url=http://127.0.0.1:" + proxy.port(),
                                "--mint.public_url=" + mint.url())) {
            gateway.awaitFloat();
            TestAccount account = TestAccount.open(gateway);
            String token = new TestBuyer(gateway).token(CurrencyUnit.MSAT, 777, true);
            proxy.dropAnswers("/v1/swap", 1_000);
            JsonNode pending = account.post(TOPUP, body(token)).body();
            assertEquals("pending", pending.path("state").asText());
            gateway.kill();
            proxy.dropAnswers("/v1/mint/bolt11", 1_000);
            gateway.startGateway();
            var _ = account.await(pending.path("id").asText(), "credited");

            JsonNode invoice = account.post(TOPUP, INVOICE).ok();
            var _ = account.await(invoice.path("id").asText(), "pending");
            gateway.kill();
            proxy.dropAnswers("", 0);
            gateway.startGateway();
            var _ = account.await(invoice.path("id").asText(), "credited");
            assertEquals(21_777, account.balanceMsat());
            assertEquals(21_777, account.historySumMsat(1));
            assertEquals(List.of(), gateway.audit());
        }
    }

    @Test
    void invoice_paidAfterItWasGivenUp_isCreditedWhenItsOwnerAsks() throws IOException {
        Mint mint = TestMint.fresh().start("--fake.pay_delay=4000");
        try (Place place = Place.start(mint, "--topup.grace=0", "--float.target=10")) {
            TestAccount account = place.account();
            String id = account.post(TOPUP, INVOICE).ok().path("id").asText();
            TestSql.execute(
                    place.gateway, "UPDATE topup SET expires_at = now() - interval '1 day'");
            var _ = account.await(id, "expired");
            Waiting.until(
                    "paid late",
                    () -> {
                        TestSql.execute(
                                place.gateway,
                                "UPDATE topup SET closed_at = now() - interval '1 hour'"
                                        + " WHERE state = 'expired'");
                        return account.get(TOPUP + "/" + id)
                                .body()
                                .path("state")
                                .asText()
                                .equals("credited");
                    });
            assertEquals(21_000, account.balanceMsat());
            assertEquals(List.of(), place.gateway.audit());
        }
    }

    @Test
    void invoices_manyAtOnce_areBoundedPerAccount() throws Exception {
        Mint mint = TestMint.fresh().start("--fake.pay_delay=600000");
        try (TestGateway gateway = TestGateway.startBehind(mint, "--topup.unpaid=3")) {
            TestAccount account = TestAccount.open(gateway);
            Callable<TestAccount.Reply> request = () -> account.post(TOPUP, INVOICE);
            int given = 0;
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (Future<TestAccount.Reply> reply :
                        threads.invokeAll(Collections.nCopies(8, request))) {
                    if (reply.get().status() == 200) {
                        given++;
                    } else {
                        assertEquals("429 rate_limit_exceeded", reply.get().error());
                        assertTrue(
                                reply.get()
                                        .response()
                                        .headers()
                                        .firstValue("Retry-After")
                                        .isPresent());
                    }
                }
            }
            assertEquals(3, given);
            assertEquals(200, TestAccount.open(gateway).post(TOPUP, INVOICE).status());
            assertEquals(List.of(), gateway.audit());
        }
    }

    @Test
    void twoGateways_onOneDatabase_creditEachInvoiceOnce() throws IOException {
        try (Place place = Place.start("--topup.unpaid=50");
                Gateway other = place.gateway.another("--instance=b")) {
            TestAccount account = place.account();
            for (int i = 0; i < 10; i++) {
                assertEquals(200, account.post(TOPUP, INVOICE).status());
            }
            Waiting.until("all credited", () -> account.balanceMsat() == 210_000);
            assertEquals(210_000, account.historySumMsat(3));
            assertEquals(List.of(), place.gateway.audit());
            assertTrue(other.port() > 0);
        }
    }

    @Test
    void mint_withFees_showsThem() throws IOException {
        Mint mint = TestMint.fresh().start("--keyset.input_fee_ppk=200");
        try (Place place = Place.start(mint)) {
            TestAccount account = place.account();
            TestBuyer buyer = new TestBuyer(place.gateway);
            List<Proof> proofs = buyer.wallet(CurrencyUnit.SAT).mint(1_023);
            long fee = Math.ceilDiv(proofs.size() * 200L, 1_000);
            String token = buyer.wallet(CurrencyUnit.SAT).token(proofs, true);
            JsonNode done = account.post(TOPUP, body(token)).ok();
            assertEquals(fee * 1_000, done.path("mint_fee_msats").asLong());
            assertEquals((1_023 - fee) * 1_000, account.balanceMsat());
            assertEquals(List.of(), place.gateway.audit());
        }
    }
}
