package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.CurrencyUnit;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Cloud nodes over the life of gateways: killed and started again, two on one database, keys that
/// change, and what is written to the log meanwhile.
final class CloudLifeTest {

    private static final String MODEL = "llama3.2:1b";
    private static final String NODES = "/v1/cloud/nodes";
    private static final String KEY = "owlr_prov_cloudlife0123456789";

    private static void pay(TestGateway gateway) {
        TestBuyer buyer = new TestBuyer(gateway);
        HttpResponse<String> paid =
                buyer.complete(
                        buyer.token(CurrencyUnit.MSAT, 50_000, true),
                        TestBuyer.request(MODEL, true));
        assertEquals(200, paid.statusCode(), paid.body());
    }

    private static String state(TestAccount owner) {
        return owner.get(NODES).ok().at("/data/0/state").asText();
    }

    @Test
    void killedGateway_findsItsNodesAgain_andLogsNoToken() {
        List<String> lines = new ArrayList<>();
        try (TestCloud cloud = new TestCloud();
                TestGateway gateway =
                        TestGateway.startAsProcess(
                                cloud.flags(
                                        TestCloud.keyFile(TestCloud.key(3)),
                                        "--log.format=json",
                                        "--log.level=all",
                                        "--log.requests=true"))) {
            TestAccount owner = new TestAccount(gateway, KEY);
            var _ = owner.post(NODES, TestCloud.registration("chat", MODEL, "p/hello")).ok();
            pay(gateway);
            gateway.kill();
            gateway.startGateway();
            gateway.awaitFloat();
            assertEquals("online", state(new TestAccount(gateway, KEY)));
            pay(gateway);
            cloud.token("sk-another-secret");
            assertEquals(
                    "422 cloud_check_failed api_token",
                    owner.post(NODES, TestCloud.registration("chat", MODEL, "p/hello")).error());
            gateway.stopGateway();
            lines.addAll(gateway.log());
            assertEquals(List.of(), gateway.audit());
        }
        assertFalse(lines.isEmpty());
        assertTrue(lines.stream().anyMatch(line -> line.contains("provider")), lines.toString());
        for (String secret : List.of(TestCloud.TOKEN, TestCloud.key(3), KEY, "Hel")) {
            assertTrue(lines.stream().noneMatch(line -> line.contains(secret)), secret);
        }
    }

    @Test
    void keys_changeWhileTwoGatewaysRun() throws IOException {
        Path file = TestCloud.keyFile(TestCloud.key(1));
        TestOperator operator = new TestOperator();
        try (TestCloud cloud = new TestCloud();
                TestGateway gateway =
                        TestGateway.start(
                                operator.flags(cloud.flags(file, "--cloud.look_every=100")));
                Gateway second = gateway.another("--instance=b", "--admin.port=0")) {
            TestAccount owner = new TestAccount(gateway, KEY);
            JsonNode node =
                    owner.post(NODES, TestCloud.registration("chat", MODEL, "p/hello")).ok();
            Waiting.until("the other gateway has it", () -> servesAt(second, MODEL));
            Files.write(file, List.of(TestCloud.key(1), TestCloud.key(2)));
            JsonNode done = operator.post("/cloud/reseal", "{}");
            assertEquals(1, done.path("resealed").asInt(), done.toString());
            assertEquals(0, done.path("remaining").asInt(), done.toString());
            assertEquals(0, operator.post("/cloud/reseal", "{}").path("resealed").asInt());
            Files.write(file, List.of(TestCloud.key(2)));
            assertEquals(List.of(), gateway.audit());
            pay(gateway);
            Files.write(file, List.of(TestCloud.key(9)));
            assertTrue(gateway.audit().toString().contains("cloud_tokens_open"));
            String path = NODES + "/" + node.path("id").asText();
            assertEquals(
                    "400 invalid_request api_token",
                    owner.send("PATCH", path, "{\"capacity\":2}").error());
            JsonNode again =
                    owner.send("PATCH", path, "{\"api_token\":\"" + TestCloud.TOKEN + "\"}").ok();
            assertEquals("online", again.path("state").asText());
            assertEquals(List.of(), gateway.audit());
            Waiting.until(
                    "it is counted",
                    () ->
                            operator.send(TestOperator.TOKEN, "/metrics", "")
                                    .body()
                                    .contains("owlrun_gateway_cloud_jobs_total{outcome="));
            assertEquals(
                    node.path("id"), operator.get("/nodes").at("/nodes/0/node"), "admin sees it");
            assertEquals(200, owner.send("DELETE", path, "").status());
            Waiting.until("gone there, too", () -> !servesAt(second, MODEL));
        }
    }

    private static boolean servesAt(Gateway gateway, String model) {
        return gateway.dispatcher().pool().nodesByModel().containsKey(model);
    }

    @Test
    void withoutKeys_thereAreNoCloudNodes() {
        try (TestGateway gateway = TestGateway.start()) {
            TestAccount owner = new TestAccount(gateway, KEY);
            assertEquals("503 cloud_off", owner.get(NODES).error());
            assertEquals(
                    "503 cloud_off",
                    owner.post(NODES, TestCloud.registration("chat", MODEL, "p/hello")).error());
        }
    }
}
