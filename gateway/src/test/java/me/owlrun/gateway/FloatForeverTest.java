package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.mint.Mint;
import me.owlrun.mint.testing.TestMint;

import org.junit.jupiter.api.Test;

import java.net.http.HttpResponse;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// A gateway whose buyers all pay in sats gives msats away as change; what it earns brings them
/// back, and the operator is asked for money once.
final class FloatForeverTest {

    private static final String MODEL = "qwen2.5:0.5b";
    private static final int PAYMENTS = 14;

    @Test
    void payments_inSats_payForTheirOwnChange() throws Exception {
        Mint mint = TestMint.fresh().start("--fake.pay_delay=1000");
        try (TestGateway gateway =
                TestGateway.startBehind(mint, "--float.target=10", "--float.kits=9")) {
            gateway.awaitFloat();
            try (TestNode node = TestNode.answering(gateway.url(), MODEL, TestAnswers.HELLO)) {
                assertTrue(node.key().startsWith("owlr_prov_"));
                TestBuyer buyer = new TestBuyer(gateway);
                for (Future<String> token : tokens(buyer)) {
                    Waiting.until("a kit", () -> kits(gateway) > 0);
                    HttpResponse<String> answer =
                            buyer.complete(token.get(), TestBuyer.request(MODEL, false));
                    assertEquals(200, answer.statusCode(), answer.body());
                }
            }
            assertTrue(
                    given(gateway) > 10_000,
                    "more change in msats than the operator ever put in: " + given(gateway));
            assertEquals(
                    1,
                    TestSql.number(
                            gateway, "SELECT count(*) FROM float_quote WHERE state = 'issued'"));
            assertTrue(
                    TestSql.number(gateway, "SELECT count(*) FROM exchange WHERE state = 'done'")
                            > 0);
            assertEquals(List.of(), gateway.audit());
        }
    }

    /// All at once, as the mint's invoices take a second to be paid.
    private static List<Future<String>> tokens(TestBuyer buyer) throws InterruptedException {
        Callable<String> token = () -> buyer.token(CurrencyUnit.SAT, 9, false);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            return threads.invokeAll(Collections.nCopies(PAYMENTS, token));
        }
    }

    private static long kits(TestGateway gateway) {
        return TestSql.number(gateway, "SELECT count(*) FROM kit WHERE state = 'free'");
    }

    private static long given(TestGateway gateway) {
        return TestSql.number(
                gateway,
                "SELECT coalesce(sum(amount), 0)::bigint FROM vault_proof"
                        + " WHERE state = 'given' AND unit = 'msat'");
    }
}
