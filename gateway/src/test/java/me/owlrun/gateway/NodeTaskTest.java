package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.json.Json;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;

/// A node is offered only what it can do; a request that nobody can do is refused before its token
/// is claimed, and told why.
final class NodeTaskTest {

    private static final String TEXT = "{\"model\":\"%s\",\"prompt\":\"Once\"}";
    private static final String VECTOR = "{\"model\":\"%s\",\"input\":\"one\"}";

    private static TestGateway gateway;
    private static TestBuyer buyer;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start();
        buyer = new TestBuyer(gateway);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    /// Answers what it gets, whatever that is.
    private static void work(TestNode node, String job) {
        node.accept(job);
        ObjectNode request = node.fetch(job);
        if (request.has("input")) {
            node.chunk(job, "{\"data\":[{\"embedding\":[0.5]}],\"usage\":{\"prompt_tokens\":3}}");
        } else {
            TestAnswers.HELLO.forEach(event -> node.chunk(job, "data: " + event + "\n\n"));
        }
        node.done(job);
    }

    private static HttpResponse<String> send(String path, String body, String model) {
        String token = buyer.token(CurrencyUnit.MSAT, 5_000, true);
        HttpResponse<String> response = buyer.post(path, Optional.of(token), body.formatted(model));
        if (response.statusCode() == 503) {
            assertEquals(404, buyer.outcome(token).statusCode(), "nothing was claimed");
        }
        return response;
    }

    private static void assertCannot(String task, HttpResponse<String> response) {
        JsonNode error = Json.parse(response.body()).path("error");
        assertEquals(503, response.statusCode(), response.body());
        assertEquals("no_nodes", error.path("code").asText());
        String why = error.path("message").asText();
        assertTrue(why.contains("cannot do this kind of work (" + task + ")"), why);
    }

    private static int chat(String model) {
        String token = buyer.token(CurrencyUnit.MSAT, 5_000, true);
        return buyer.complete(token, TestBuyer.request(model, false)).statusCode();
    }

    @Test
    void firstClientInTheField_getsChatsOnly_untilAnotherNodeCanDoMore() {
        String model = "legacy:1b";
        ObjectNode goClient = Json.object().put("api_key", "owlr_prov_0123456789abcdef");
        try (TestNode old =
                TestNode.connect(gateway.url(), List.of(model), goClient, NodeTaskTest::work)) {
            assertCannot("completion", send("/v1/completions", TEXT, model));
            assertCannot("embedding", send("/v1/embeddings", VECTOR, model));
            assertEquals(200, chat(model));
            assertEquals("registered", old.beat().path("status").asText());

            ObjectNode additions = Json.object().put("protocol", 2);
            try (TestNode own =
                    TestNode.connect(
                            gateway.url(), List.of(model), additions, NodeTaskTest::work)) {
                assertEquals(200, send("/v1/embeddings", VECTOR, model).statusCode());
                assertEquals("online", own.beat().path("status").asText());
            }
        }
    }

    @Test
    void nodeOfTheSeed_doesWhatTheSeedNames() {
        String model = "seed:1b";
        try (TestNode node = TestNode.connect(gateway.url(), List.of(model), NodeTaskTest::work)) {
            assertEquals(200, chat(model));
            assertEquals("online", node.beat().path("status").asText());
            assertCannot("embedding", send("/v1/embeddings", VECTOR, model));
        }
    }

    @Test
    void nodeThatSaysWhatItCanDo_getsJustThat() {
        String model = "vectors:1b";
        ObjectNode vectors = Json.object().put("protocol", 2);
        vectors.putArray("tasks").add("embedding").add("juggling");
        try (TestNode node =
                TestNode.connect(gateway.url(), List.of(model), vectors, NodeTaskTest::work)) {
            assertEquals(200, send("/v1/embeddings", VECTOR, model).statusCode());
            assertEquals(503, chat(model));
            assertEquals("online", node.again(NodeTaskTest::work).beat().path("status").asText());
            assertEquals(200, send("/v1/embeddings", VECTOR, model).statusCode());
            assertEquals(503, chat(model));
        }
    }

    @Test
    void noNode_saysWhetherNobodyServesTheModelOrAllAreBusy() {
        HttpResponse<String> nobody = send("/v1/completions", TEXT, "llama3.3:70b");
        assertTrue(nobody.body().contains("No node serves this model now"), nobody.body());
    }
}
