package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.json.Json;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;

/// A program that knows only the address finds out how to buy, and does.
final class ManifestTest {

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway =
                TestGateway.start(
                        "--token.max=1234",
                        "--guard.requests=77",
                        "--mint.aliases=https://mint.example.org");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static JsonNode manifest() {
        return Json.parse(gateway.get("/.well-known/owlrun.json").body());
    }

    @Test
    void manifest_tellsWhatIsSetHere() {
        JsonNode manifest = manifest();
        assertEquals("play", manifest.path("network").asText());
        assertEquals(gateway.mintUrl(), manifest.at("/mint/url").asText());
        assertEquals("[\"https://mint.example.org\"]", manifest.at("/mint/aliases").toString());
        assertEquals("[\"sat\",\"msat\"]", manifest.at("/mint/units").toString());
        assertEquals(1_234, manifest.at("/limits/token_sats").asLong());
        assertEquals(77, manifest.at("/limits/requests_per_minute").asLong());
        assertEquals(10, manifest.at("/limits/job_cost_msats_min").asLong());
        assertTrue(manifest.at("/payment/answer_headers").toString().contains("X-Cashu-Change"));
    }

    @Test
    void endpoints_andDocsAreThere() {
        List<String> gone = new ArrayList<>();
        JsonNode manifest = manifest();
        for (JsonNode endpoint : manifest.path("endpoints")) {
            String path = endpoint.path("path").asText().replaceAll("\\{[a-z]+}", "x");
            HttpResponse<String> answer = gateway.get(path);
            if (answer.statusCode() == 404 && answer.body().contains("\"not_found\"")) {
                gone.add(path);
            }
            assertFalse(endpoint.path("summary").asText().isEmpty(), path);
        }
        manifest.path("docs")
                .forEach(path ->
                        assertEquals(200, gateway.get(path.asText()).statusCode(), path.asText()));
        assertEquals(List.of(), gone);
        assertTrue(manifest.path("endpoints").size() > 30);
    }

    @Test
    void programThatKnowsOnlyTheManifest_buys() {
        JsonNode manifest = manifest();
        try (TestNode node = TestNode.answering(gateway.url(), "qwen2.5:0.5b", TestAnswers.HELLO)) {
            TestBuyer buyer = new TestBuyer(gateway);
            String header = manifest.at("/payment/request_headers/0/name").asText();
            String path = manifest.path("api_base").asText() + "/chat/completions";
            HttpResponse<String> answer =
                    buyer.post(
                            path,
                            java.util.Optional.empty(),
                            Json.text(TestBuyer.request("qwen2.5:0.5b", false)),
                            header,
                            buyer.token(CurrencyUnit.SAT, 5, true));
            assertEquals(200, answer.statusCode(), answer.body());
            assertFalse(node.key().isEmpty());
        }
    }

    @Test
    void text_namesMintHeadersAndEveryEndpoint() {
        HttpResponse<String> answer = gateway.get("/llms.txt");
        assertEquals(
                "text/plain; charset=utf-8",
                answer.headers().firstValue("Content-Type").orElse(""));
        assertTrue(answer.body().startsWith("# Owlrun"), answer.body());
        assertTrue(answer.body().contains(gateway.mintUrl()));
        for (JsonNode endpoint : manifest().path("endpoints")) {
            String name = endpoint.path("method").asText() + " " + endpoint.path("path").asText();
            assertTrue(answer.body().contains("`" + name + "`"), name);
        }
    }
}
