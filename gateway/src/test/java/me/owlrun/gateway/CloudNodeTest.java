package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.json.Json;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Jobs at cloud accounts, paid with real ecash: the server of the cloud is ours and misbehaves.
final class CloudNodeTest {

    private static final String MODEL = "llama3.2:1b";
    private static final String NODES = "/v1/cloud/nodes";

    private static TestCloud cloud;
    private static TestGateway gateway;
    private static TestBuyer buyer;
    private TestAccount owner = newOwner();

    @BeforeAll
    static void start() {
        cloud = new TestCloud();
        gateway =
                TestGateway.start(
                        cloud.flags(
                                TestCloud.keyFile(TestCloud.key(7)),
                                "--job.first_byte=6000",
                                "--cloud.answer_max=1",
                                "--cloud.nodes=3"));
        buyer = new TestBuyer(gateway);
    }

    @AfterAll
    static void stop() {
        gateway.close();
        cloud.close();
    }

    @AfterEach
    void takeAllAway() {
        cloud.token(TestCloud.TOKEN);
        if (owner.get(NODES).status() == 200) {
            for (JsonNode node : owner.get(NODES).ok().path("data")) {
                var _ = owner.send("DELETE", NODES + "/" + node.path("id").asText(), "").ok();
            }
        }
        assertEquals(List.of(), gateway.audit());
    }

    private static TestAccount newOwner() {
        return new TestAccount(
                gateway, "owlr_prov_" + UUID.randomUUID().toString().replace("-", ""));
    }

    private JsonNode register(String task, String... models) {
        return owner.post(NODES, TestCloud.registration(task, models)).ok();
    }

    private JsonNode node(JsonNode registered) {
        return owner.get(NODES + "/" + registered.path("id").asText()).ok();
    }

    private JsonNode patch(JsonNode registered, String body) {
        return owner.send("PATCH", NODES + "/" + registered.path("id").asText(), body).ok();
    }

    private static HttpResponse<String> ask(String model, boolean stream) {
        return buyer.complete(
                buyer.token(CurrencyUnit.MSAT, 50_000, true), TestBuyer.request(model, stream));
    }

    @Test
    void stream_isServedByTheCloud_andItsOwnerIsPaid() {
        JsonNode node = register("chat", MODEL, "p/hello");
        assertEquals("online", node.path("state").asText());
        HttpResponse<String> paid = ask(MODEL, true);
        assertEquals(200, paid.statusCode(), paid.body());
        assertTrue(paid.body().contains("Hel") && paid.body().contains("lo!"), paid.body());
        JsonNode change = TestBuyer.changeEvent(paid.body());
        long cost = change.path("cost_msats").asLong();
        assertEquals(50_000 - cost, buyer.cash(change));
        TestCloud.Asked asked = cloud.asked("p/hello").getLast();
        assertTrue(asked.line().startsWith("POST /v1/chat/completions "), asked.line());
        assertEquals(TestCloud.TOKEN, asked.bearer());
        assertTrue(asked.body().at("/stream_options/include_usage").asBoolean());
        Waiting.until("the provider's share", () -> owner.balanceMsat() > 0);
        assertTrue(owner.balanceMsat() < cost);
        assertTrue(owner.balanceMsat() >= cost / 2);
        assertTrue(gateway.get("/v1/models").body().contains(MODEL));
    }

    @Test
    void wholeAnswer_andVectors_areServed() {
        var _ = register("chat", MODEL, "p/hello");
        HttpResponse<String> whole = ask(MODEL, false);
        assertEquals(200, whole.statusCode(), whole.body());
        assertEquals("Hello!", Json.parse(whole.body()).at("/choices/0/message/content").asText());
        var _ = register("embedding", "nomic-embed-text", "p/vectors");
        HttpResponse<String> vectors =
                buyer.post(
                        "/v1/embeddings",
                        Optional.of(buyer.token(CurrencyUnit.MSAT, 5_000, true)),
                        "{\"model\":\"nomic-embed-text\",\"input\":\"one\"}");
        assertEquals(200, vectors.statusCode(), vectors.body());
        assertTrue(cloud.asked("p/vectors").getLast().line().startsWith("POST /v1/embeddings "));
    }

    /// Each of them fails in its own way, and each time a good node serves the buyer in the end.
    @ParameterizedTest
    @CsvSource({
        "p/dies, broke off",
        "p/busy, HTTP 429",
        "p/moved, redirects",
        "p/packed, packed",
        "p/head, too large",
        "p/endless, ''"
    })
    void failure_ofACloud_goesToTheNextNode(String theirs, String problem) {
        String model = "m-" + theirs.substring(2) + ":1b";
        JsonNode bad = register("chat", model, theirs);
        HttpResponse<String> alone = ask(model, false);
        assertTrue(alone.statusCode() >= 500, alone.body());
        if (!problem.isEmpty()) {
            Waiting.until(
                    problem,
                    () -> {
                        String said = node(bad).path("problem").asText();
                        return said.contains(problem);
                    });
        }
        int before = cloud.asked(theirs).size();
        assertTrue(before >= 1);
        var _ = register("chat", model, "p/hello");
        HttpResponse<String> served = ask(model, false);
        assertEquals(200, served.statusCode(), served.body());
        assertEquals("Hello!", Json.parse(served.body()).at("/choices/0/message/content").asText());
    }

    @Test
    void cloudThatStalls_isGivenUp_andItsConnectionCut() {
        var _ = register("chat", "stalls:1b", "p/stalls");
        HttpResponse<String> lost = ask("stalls:1b", false);
        assertEquals(504, lost.statusCode(), lost.body());
        Waiting.until("the call ends", () -> cloud.connectionsOpen() == 0);
    }

    @Test
    void tooManyRequests_givesItARest() {
        JsonNode busy = register("chat", "busy:1b", "p/busy");
        assertEquals(502, ask("busy:1b", false).statusCode());
        assertEquals("resting", node(busy).path("state").asText());
        int before = cloud.asked("p/busy").size();
        assertEquals(404, ask("busy:1b", false).statusCode());
        assertEquals(before, cloud.asked("p/busy").size());
    }

    @Test
    void wrongRequest_isTheBuyersFault() {
        JsonNode node = register("chat", "wrong:1b", "p/wrong");
        HttpResponse<String> refused = ask("wrong:1b", false);
        assertEquals(422, refused.statusCode(), refused.body());
        assertTrue(refused.body().contains("request_refused"), refused.body());
        assertEquals("online", node(node).path("state").asText());
        assertTrue(node(node).path("problem").isNull());
    }

    @Test
    void tokenThatIsRefused_pausesTheNode_untilItsOwnerGivesAnother() {
        JsonNode node = register("chat", "paused:1b", "p/hello");
        cloud.token("sk-another");
        assertEquals(502, ask("paused:1b", false).statusCode());
        Waiting.until("refused", () -> node(node).path("state").asText().equals("refused"));
        assertTrue(node(node).path("problem").asText().contains("401"));
        assertTrue(node(node).path("paused").asBoolean());
        TestAccount.Reply early =
                owner.send("PATCH", NODES + "/" + node.path("id").asText(), "{\"paused\":false}");
        assertEquals("422 cloud_check_failed api_token", early.error());
        JsonNode again = patch(node, "{\"api_token\":\"sk-another\",\"paused\":false}");
        assertEquals("online", again.path("state").asText());
        assertTrue(again.path("problem").isNull());
        assertEquals(200, ask("paused:1b", false).statusCode());
    }

    /// Some clouds forbid what a buyer writes; that must not pause a node.
    @Test
    void requestThatIsForbidden_doesNotPauseTheNode() {
        JsonNode node = register("chat", "flagged:1b", "p/flagged");
        assertEquals(502, ask("flagged:1b", false).statusCode());
        Waiting.until(
                "asked again",
                () ->
                        cloud.asked("p/flagged").stream()
                                .anyMatch(each -> each.body().path("max_tokens").asInt() == 1));
        assertFalse(node(node).path("paused").asBoolean());
        assertTrue(node(node).path("problem").asText().contains("403"));
    }

    @Test
    void framesOfAHostileCloud_forgeNothing() {
        var _ = register("chat", "hostile:1b", "p/hostile");
        HttpResponse<String> answer = ask("hostile:1b", true);
        assertEquals(200, answer.statusCode());
        assertFalse(answer.body().contains("forged"), answer.body());
        assertFalse(answer.body().contains("late"), answer.body());
        assertTrue(answer.body().contains("ok"), answer.body());
        JsonNode change = TestBuyer.changeEvent(answer.body());
        assertTrue(change.path("cost_msats").asLong() < 1_000, change.toString());
        assertEquals(50_000 - change.path("cost_msats").asLong(), buyer.cash(change));
    }

    @Test
    void buyerWhoHangsUp_endsTheCall() throws Exception {
        var _ = register("chat", "waits:1b", "p/waits");
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(gateway.url() + "/v1/chat/completions"))
                        .header("Content-Type", "application/json")
                        .header("X-Cashu", buyer.token(CurrencyUnit.MSAT, 50_000, true))
                        .POST(
                                HttpRequest.BodyPublishers.ofString(
                                        Json.text(TestBuyer.request("waits:1b", true))))
                        .build();
        try (HttpClient http = HttpClient.newHttpClient();
                InputStream in =
                        http.send(request, HttpResponse.BodyHandlers.ofInputStream()).body()) {
            StringBuilder heard = new StringBuilder();
            while (heard.indexOf("Hel") < 0) {
                heard.append((char) in.read());
            }
            http.shutdownNow();
        }
        Waiting.until("the call ends", () -> cloud.connectionsOpen() == 0);
    }

    @Test
    void pausedByItsOwner_getsNoJobs() {
        JsonNode node = register("chat", "mine:1b", "p/hello");
        assertEquals("paused", patch(node, "{\"paused\":true}").path("state").asText());
        assertEquals(404, ask("mine:1b", false).statusCode());
        assertEquals("online", patch(node, "{\"paused\":false}").path("state").asText());
        assertEquals(200, ask("mine:1b", false).statusCode());
        var _ = owner.send("DELETE", NODES + "/" + node.path("id").asText(), "").ok();
        assertEquals(404, owner.get(NODES + "/" + node.path("id").asText()).status());
    }

    @Test
    void change_ofModelsAndNames_isTakenUp() {
        JsonNode node = register("chat", "one:1b", "p/hello");
        JsonNode now =
                patch(
                        node,
                        """
                        {"name":"mine","capacity":9,"models":["two:1b"],\
                        "model_map":{"two:1b":"p/hello"}}\
                        """);
        assertEquals("mine", now.path("name").asText());
        assertEquals(9, now.path("capacity").asInt());
        assertEquals("p/hello", now.at("/model_map/two:1b").asText());
        assertEquals(200, ask("two:1b", false).statusCode());
        assertEquals(
                "422 cloud_check_failed base_url",
                owner.send(
                                "PATCH",
                                NODES + "/" + node.path("id").asText(),
                                "{\"model_map\":{\"two:1b\":\"p/nowhere\"}}")
                        .error());
        assertEquals(200, ask("two:1b", false).statusCode());
    }

    @Test
    void token_isNowhereInTheClear() {
        JsonNode node = register("chat", "secret:1b", "p/hello");
        assertFalse(node.toString().contains(TestCloud.TOKEN), node.toString());
        assertFalse(owner.get(NODES).body().toString().contains(TestCloud.TOKEN));
        String row = TestSql.text(gateway, "SELECT string_agg(n::text, ';') FROM cloud_node n");
        String hex = HexFormat.of().formatHex(TestCloud.TOKEN.getBytes(StandardCharsets.US_ASCII));
        assertTrue(row.contains("secret:1b"), row);
        assertFalse(row.contains(TestCloud.TOKEN) || row.contains(hex), row);
    }

    /// Whoever can write to the database can neither swap tokens nor have one sent elsewhere.
    @Test
    void rowThatWasTamperedWith_doesNotOpen_andTheAuditSaysSo() {
        JsonNode node = register("chat", "moved:1b", "p/hello");
        String id = node.path("id").asText();
        TestSql.execute(
                gateway,
                "UPDATE cloud_node SET base_url = 'https://other.example.org/v1',"
                        + " version = version + 1 WHERE node_id = '"
                        + id
                        + "'");
        Waiting.until("locked", () -> node(node).path("state").asText().equals("locked"));
        assertTrue(gateway.audit().toString().contains("cloud_tokens_open"));
        assertTrue(gateway.audit().toString().contains(id));
        var _ = owner.send("DELETE", NODES + "/" + id, "").ok();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://cloud.example.org/v1",
                "https://127.0.0.1/v1",
                "https://localhost/v1",
                "https://10.0.0.1/v1",
                "https://169.254.169.254/v1",
                "https://[::1]/v1",
                "https://metadata.google.internal/v1",
                "https://cloud.example.org:8443/v1",
                "https://me:pw@cloud.example.org/v1",
                "https://cloud.example.org/v1?a=b",
                "file:///etc/passwd",
                "nothing"
            })
    void register_addressOutOfBounds_isRefused(String address) {
        ObjectNode body = Json.parseObject(TestCloud.registration("chat", MODEL, "p/hello"));
        body.put("base_url", address);
        assertEquals("400 invalid_request base_url", owner.post(NODES, Json.text(body)).error());
        assertEquals(401, owner.get(NODES).status(), "no account was opened");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    models    | []                  | 400 invalid_request models
                    models    | ["a","a"]           | 400 invalid_request models
                    models    | "a"                 | 400 invalid_request models
                    models    | null                | 400 invalid_request models
                    model_map | {"b":"c"}           | 400 invalid_request model_map
                    model_map | {"llama3.2:1b":1}   | 400 invalid_request model_map
                    model_map | {"llama3.2:1b":"p/nowhere"} | 422 cloud_check_failed base_url
                    api_token | "a b"               | 400 invalid_request api_token
                    api_token | null                | 400 invalid_request api_token
                    api_token | "sk-wrong"          | 422 cloud_check_failed api_token
                    base_url  | null                | 400 invalid_request base_url
                    base_url  | "https://cloud.example.org/v9" | 422 cloud_check_failed base_url
                    capacity  | 0                   | 400 invalid_request capacity
                    capacity  | 65                  | 400 invalid_request capacity
                    paused    | "yes"               | 400 invalid_request paused
                    tasks     | ["sing"]            | 400 invalid_request tasks
                    name      | 5                   | 400 invalid_request name
                    """)
    void register_wrongField_isNamed(String field, String value, String error) {
        ObjectNode body = Json.parseObject(TestCloud.registration("chat", MODEL, "p/hello"));
        body.set(field, Json.parse(value));
        assertEquals(error, owner.post(NODES, Json.text(body)).error());
        assertEquals(401, owner.get(NODES).status(), "nothing was stored");
    }

    @Test
    void nodes_belongToTheirOwner() {
        JsonNode node = register("chat", "own:1b", "p/hello");
        String path = NODES + "/" + node.path("id").asText();
        TestAccount other = newOwner();
        assertEquals("401 invalid_api_key Authorization", other.get(path).error());
        assertEquals("401 invalid_api_key Authorization", owner.by("").get(NODES).error());
        assertEquals(401, TestAccount.open(gateway).get(NODES).status());
        var _ = other.post(NODES, TestCloud.registration("chat", MODEL, "p/hello")).ok();
        assertEquals("404 cloud_node_not_found", other.get(path).error());
        assertEquals("404 cloud_node_not_found", other.send("DELETE", path, "").error());
        assertEquals(
                "404 cloud_node_not_found", other.send("PATCH", path, "{\"capacity\":2}").error());
        assertEquals(1, owner.get(NODES).ok().path("data").size());
        owner = other;
    }

    @Test
    void register_oneTooMany_isRefused() {
        for (int i = 0; i < 3; i++) {
            var _ = register("chat", "many" + i + ":1b", "p/hello");
        }
        assertEquals(
                "409 too_many_cloud_nodes",
                owner.post(NODES, TestCloud.registration("chat", MODEL, "p/hello")).error());
    }
}
