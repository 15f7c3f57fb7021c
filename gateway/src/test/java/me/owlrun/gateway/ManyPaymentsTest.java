package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.CurrencyUnit;

import org.junit.jupiter.api.Test;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/// Many buyers at once, in both units, while recovery sweeps all the time: the books and every
/// buyer's change agree.
final class ManyPaymentsTest {

    private static final int BUYERS = 60;
    private static final String HELLO =
            "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello\"}}]}";

    @Test
    void complete_manyAtOnce_everyBuyerGetsItsExactChange() throws Exception {
        try (TestGateway gateway = TestGateway.start("--float.kits=40");
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<TestNode> nodes =
                    IntStream.range(0, BUYERS)
                            .mapToObj(_ ->
                                    TestNode.answering(
                                            gateway.url(),
                                            "qwen2.5:0.5b",
                                            List.of(HELLO, "[DONE]")))
                            .toList();
            TestBuyer buyer = new TestBuyer(gateway);
            List<Callable<Long>> requests = new ArrayList<>();
            for (int i = 0; i < BUYERS; i++) {
                CurrencyUnit unit = i % 2 == 0 ? CurrencyUnit.SAT : CurrencyUnit.MSAT;
                String token = buyer.token(unit, 20 + i, true);
                long paid = unit.toMsat(20L + i).value();
                requests.add(() -> paid - cashedAfter(buyer, token));
            }
            long costs = 0;
            for (Future<Long> cost : threads.invokeAll(requests)) {
                costs += cost.get();
            }
            String booked =
                    "SELECT sum(balance_msat) FROM account WHERE kind IN ('sats', 'fee', 'fx')";
            assertEquals(TestSql.number(gateway, booked), costs);
            assertEquals(List.of(), gateway.audit());
            nodes.forEach(TestNode::close);
        }
    }

    /// Pays, again when small coins ran out, and cashes the change.
    private static long cashedAfter(TestBuyer buyer, String token) {
        while (true) {
            HttpResponse<String> response =
                    buyer.complete(token, TestBuyer.request("qwen2.5:0.5b", true));
            if (response.statusCode() == 200) {
                JsonNode change = TestBuyer.changeEvent(response.body());
                return buyer.cash(change);
            }
            assertEquals(503, response.statusCode(), response.body());
        }
    }
}
