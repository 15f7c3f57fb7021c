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
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Every format in which work can be asked for, against a node that answers by the shape of the
/// request: what the node gets, what the buyer gets, and exact change from each.
final class EveryFormatTest {

    private static final String MODEL = "qwen2.5:0.5b";
    private static final int PAID = 5_000;

    private static final BlockingQueue<ObjectNode> ASKED = new LinkedBlockingQueue<>();

    private static TestGateway gateway;
    private static TestNode node;
    private static TestBuyer buyer;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start();
        node =
                TestNode.connect(
                        gateway.url(), List.of(MODEL), TestNode.allTasks(), EveryFormatTest::work);
        buyer = new TestBuyer(gateway);
    }

    @AfterAll
    static void stop() {
        node.close();
        gateway.close();
    }

    @AfterEach
    void audit_afterEveryTest_findsNothing() {
        ASKED.clear();
        assertEquals(List.of(), gateway.audit());
    }

    /// An engine with OpenAI's routes.
    private static void work(TestNode worker, String job) {
        worker.accept(job);
        ObjectNode request = worker.fetch(job);
        ASKED.add(request);
        if (request.has("input")) {
            worker.chunk(job, embeddings(request.path("input")));
        } else if (request.has("messages")) {
            JsonNode first = request.path("messages").path(0);
            if (first.path("content").asText("").equals("use a tool")) {
                toolCall(worker, job);
            } else {
                for (String text : List.of("Hel", "lo")) {
                    event(worker, job, "{\"choices\":[{\"delta\":{\"content\":\"%s\"}}]}", text);
                }
                finish(worker, job, "stop");
            }
        } else {
            event(worker, job, "{\"choices\":[{\"text\":\"%s\",\"finish_reason\":null}]}", "Hello");
            finish(worker, job, "length");
        }
        worker.done(job);
    }

    private static void toolCall(TestNode worker, String job) {
        event(
                worker,
                job,
                """
                {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c1","type":"function",\
                "function":{"name":"weather","arguments":"{\\"city\\":"}}]}}]}%s\
                """,
                "");
        event(
                worker,
                job,
                """
                {"choices":[{"delta":{"tool_calls":[{"index":0,\
                "function":{"arguments":"\\"Bern\\"}"}}]}}]}%s\
                """,
                "");
        finish(worker, job, "tool_calls");
    }

    private static void finish(TestNode worker, String job, String reason) {
        event(worker, job, "{\"choices\":[{\"delta\":{},\"finish_reason\":\"%s\"}]}", reason);
        event(
                worker,
                job,
                "{\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":%s}}",
                "2");
        worker.chunk(job, "data: [DONE]\n\n");
    }

    private static void event(TestNode worker, String job, String json, String value) {
        worker.chunk(job, "data: " + json.formatted(value) + "\n\n");
    }

    private static String embeddings(JsonNode input) {
        ObjectNode json = Json.object();
        json.put("object", "list");
        int count = input.isArray() ? input.size() : 1;
        for (int index = count - 1; index >= 0; index--) {
            ObjectNode entry = json.withArray("data").addObject();
            entry.put("index", index);
            entry.putArray("embedding").add(index).add(0.5).add(-1.25);
        }
        json.putObject("usage").put("prompt_tokens", 7).put("total_tokens", 7);
        return json.toPrettyString();
    }

    private static ObjectNode asked() {
        try {
            return Optional.ofNullable(ASKED.poll(30, TimeUnit.SECONDS)).orElseThrow();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static HttpResponse<String> send(String path, String body, String... headers) {
        String token = buyer.token(CurrencyUnit.MSAT, PAID, true);
        HttpResponse<String> response = buyer.post(path, Optional.of(token), body, headers);
        assertEquals(200, response.statusCode(), response.body());
        return response;
    }

    /// The change of a whole answer, which is what was paid less the cost.
    private static void assertChangeInHeader(HttpResponse<String> response, long cost) {
        String change = response.headers().firstValue("X-Cashu-Change").orElse("");
        assertEquals(PAID - cost, buyer.cash(change));
    }

    private static void assertChange(JsonNode change) {
        assertEquals(PAID, buyer.cash(change) + change.path("cost_msats").asLong());
        assertEquals(
                PAID, change.path("change_msats").asLong() + change.path("cost_msats").asLong());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/completions", "/completions"})
    void completion_whole_isOneText(String path) {
        HttpResponse<String> response =
                send(
                        path,
                        "{\"model\":\"%s\",\"prompt\":[\"Say\"],\"suffix\":\"!\"}"
                                .formatted(MODEL));
        JsonNode body = Json.parse(response.body());
        assertEquals("text_completion", body.path("object").asText());
        assertTrue(body.path("id").asText().startsWith("cmpl-"));
        assertEquals("Hello", body.at("/choices/0/text").asText());
        assertEquals("length", body.at("/choices/0/finish_reason").asText());
        assertEquals(10, body.at("/usage/cost_msats").asLong());
        assertChangeInHeader(response, 10);
        ObjectNode request = asked();
        assertEquals("Say", request.path("prompt").asText());
        assertEquals("!", request.path("suffix").asText());
        assertFalse(request.has("messages"));
    }

    @Test
    void completion_streamed_hasTextChunksAndChange() {
        HttpResponse<String> response =
                send(
                        "/v1/completions",
                        """
                        {"model":"%s","prompt":"Say","stream":true,\
                        "stream_options":{"include_usage":true}}\
                        """
                                .formatted(MODEL));
        List<String> events = TestBuyer.events(response.body());
        StringBuilder text = new StringBuilder();
        for (String event : events) {
            if (!event.equals("[DONE]")) {
                JsonNode chunk = Json.parse(event);
                assertEquals("text_completion", chunk.path("object").asText());
                text.append(chunk.at("/choices/0/text").asText(""));
            }
        }
        assertEquals("Hello", text.toString());
        assertEquals(
                2,
                Json.parse(events.get(events.size() - 4)).at("/usage/completion_tokens").asInt());
        assertChange(TestBuyer.changeEvent(response.body()));
    }

    @ParameterizedTest
    @CsvSource({"/v1/embeddings", "/embeddings"})
    void embeddings_asNumbers_comeInTheOrderOfTheInputs(String path) {
        HttpResponse<String> response =
                send(
                        path,
                        ("{\"model\":\"%s\",\"input\":[\"a\",\"b\"],"
                                        + "\"dimensions\":3,\"user\":\"me\"}")
                                .formatted(MODEL));
        JsonNode body = Json.parse(response.body());
        assertEquals("list", body.path("object").asText());
        for (int index = 0; index < 2; index++) {
            JsonNode entry = body.path("data").path(index);
            assertEquals(index, entry.path("index").asInt());
            assertEquals("embedding", entry.path("object").asText());
            assertEquals(index, entry.at("/embedding/0").asInt());
        }
        assertEquals(7, body.at("/usage/prompt_tokens").asInt());
        assertEquals(7, body.at("/usage/total_tokens").asInt());
        assertFalse(body.path("usage").has("completion_tokens"));
        assertChangeInHeader(response, 10);
        ObjectNode request = asked();
        assertEquals("float", request.path("encoding_format").asText());
        assertEquals(3, request.path("dimensions").asInt());
        assertFalse(request.has("user"));
    }

    @Test
    void embeddings_asBase64_areFloatsWithTheLittleEndFirst() {
        HttpResponse<String> response =
                send(
                        "/v1/embeddings",
                        "{\"model\":\"%s\",\"input\":\"a\",\"encoding_format\":\"base64\"}"
                                .formatted(MODEL));
        String text = Json.parse(response.body()).at("/data/0/embedding").asText();
        ByteBuffer floats =
                ByteBuffer.wrap(Base64.getDecoder().decode(text)).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(
                List.of(0f, 0.5f, -1.25f),
                List.of(floats.getFloat(), floats.getFloat(), floats.getFloat()));
        assertFalse(floats.hasRemaining());
    }

    @Test
    void ollamaChat_byDefault_isLinesWithChangeAfterTheLast() {
        HttpResponse<String> response =
                send(
                        "/api/chat",
                        """
                        {"model":"%s","messages":[{"role":"user","content":"Hi"}],\
                        "format":"json","options":{"num_predict":5,"top_k":3},"keep_alive":"5m"}\
                        """
                                .formatted(MODEL),
                        "Content-Type",
                        "text/plain");
        assertEquals(
                "application/x-ndjson", response.headers().firstValue("Content-Type").orElse(""));
        List<JsonNode> lines = response.body().lines().map(Json::parse).toList();
        assertEquals("Hel", lines.get(0).at("/message/content").asText());
        assertFalse(lines.get(0).path("done").asBoolean(true));
        JsonNode last = lines.get(lines.size() - 2);
        assertTrue(last.path("done").asBoolean());
        assertEquals("stop", last.path("done_reason").asText());
        assertEquals(9, last.path("prompt_eval_count").asInt());
        assertEquals(2, last.path("eval_count").asInt());
        assertTrue(last.path("total_duration").asLong() > 0);
        assertEquals("cashu_change", lines.getLast().path("type").asText());
        assertChange(lines.getLast());
        ObjectNode request = asked();
        assertEquals(5, request.path("max_tokens").asInt());
        assertEquals(3, request.path("top_k").asInt());
        assertEquals("json_object", request.at("/response_format/type").asText());
        assertFalse(request.has("keep_alive"));
        assertFalse(request.has("options"));
    }

    @Test
    void ollamaChat_ofOllamasOwnClient_hasChangeBeforeTheLastLine() {
        HttpResponse<String> response =
                send(
                        "/api/chat",
                        "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"
                                .formatted(MODEL),
                        "User-Agent",
                        "ollama-js/0.6.4 (x64 linux Node.js/v20)");
        List<JsonNode> lines = response.body().lines().map(Json::parse).toList();
        JsonNode change = lines.get(lines.size() - 2);
        assertEquals("cashu_change", change.path("type").asText());
        assertTrue(change.path("message").has("content"));
        assertTrue(lines.getLast().path("done").asBoolean());
        assertChange(change);
    }

    @Test
    void ollamaChat_forReadersOfEvents_isTheSeedsStream() {
        HttpResponse<String> response =
                send(
                        "/api/chat",
                        "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"
                                .formatted(MODEL),
                        "Accept",
                        "text/event-stream");
        List<JsonNode> events =
                TestBuyer.events(response.body()).stream().map(Json::parse).toList();
        assertTrue(events.get(events.size() - 2).path("done").asBoolean());
        assertChange(events.getLast());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ollamaChat_withTools_givesCallsWithObjectsAsArguments(boolean stream) {
        HttpResponse<String> response =
                send(
                        "/api/chat",
                        """
                        {"model":"%s","stream":%s,
                         "messages":[{"role":"user","content":"use a tool"},
                          {"role":"assistant",
                           "tool_calls":[{"function":{"name":"f","arguments":{"a":1}}}]},
                          {"role":"tool","tool_name":"f","content":"2"}],
                         "tools":[{"type":"function","function":{"name":"weather"}}]}
                        """
                                .formatted(MODEL, stream));
        JsonNode call =
                response.body()
                        .lines()
                        .map(Json::parse)
                        .map(line -> line.at("/message/tool_calls/0/function"))
                        .filter(found -> !found.isMissingNode())
                        .findFirst()
                        .orElseThrow();
        assertEquals(Json.parse("{\"city\":\"Bern\"}"), call.path("arguments"));
        assertEquals("weather", call.path("name").asText());
        ObjectNode request = asked();
        JsonNode past = request.at("/messages/1/tool_calls/0");
        assertEquals("{\"a\":1}", past.at("/function/arguments").asText());
        assertEquals(past.path("id"), request.at("/messages/2/tool_call_id"));
        assertEquals("weather", request.at("/tools/0/function/name").asText());
    }

    @Test
    void ollamaGenerate_whole_answersOneMessage() {
        HttpResponse<String> response =
                send(
                        "/api/generate",
                        """
                        {"model":"%s","prompt":"Hi","system":"Be short","stream":false,\
                        "images":["iVBORw0KGgo="]}\
                        """
                                .formatted(MODEL));
        JsonNode body = Json.parse(response.body());
        assertEquals("Hello", body.path("response").asText());
        assertTrue(body.path("done").asBoolean());
        long cost = body.path("cost_msats").asLong();
        assertChangeInHeader(response, cost);
        ObjectNode request = asked();
        assertEquals("Be short", request.at("/messages/0/content").asText());
        assertEquals("Hi", request.at("/messages/1/content/0/text").asText());
        assertEquals(
                "data:image/png;base64,iVBORw0KGgo=",
                request.at("/messages/1/content/1/image_url/url").asText());
    }

    @Test
    void ollamaGenerate_raw_continuesTheTextAsItStands() {
        HttpResponse<String> response =
                send(
                        "/api/generate",
                        "{\"model\":\"%s\",\"prompt\":\"Hi\",\"raw\":true}".formatted(MODEL));
        JsonNode first = Json.parse(response.body().lines().findFirst().orElse(""));
        assertEquals("Hello", first.path("response").asText());
        assertEquals("Hi", asked().path("prompt").asText());
    }

    @Test
    void ollamaEmbed_bothWays_giveVectors() {
        JsonNode many =
                Json.parse(
                        send(
                                        "/api/embed",
                                        "{\"model\":\"%s\",\"input\":[\"a\",\"b\"]}"
                                                .formatted(MODEL))
                                .body());
        assertEquals(1, many.at("/embeddings/1/0").asInt());
        assertEquals(7, many.path("prompt_eval_count").asInt());
        JsonNode one =
                Json.parse(
                        send(
                                        "/api/embeddings",
                                        "{\"model\":\"%s\",\"prompt\":\"a\"}".formatted(MODEL))
                                .body());
        assertEquals(3, one.path("embedding").size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ai-sdk/openai-compatible/3.0.92",
                "langchainjs-openai/1.6.0",
                "OpenAI/JS 7.57.0"
            })
    void whole_ofClientsThatHideHeaders_hasTheChangeInTheBody(String userAgent) {
        HttpResponse<String> response =
                send(
                        "/v1/chat/completions",
                        Json.text(TestBuyer.request(MODEL, false)),
                        "User-Agent",
                        userAgent);
        assertChange(Json.parse(response.body()).path("cashu_change"));
    }

    @ParameterizedTest
    @CsvFileSource(resources = "bad-requests.csv", delimiter = '|', quoteCharacter = '`')
    void badRequest_inAnyFormat_isRefusedUntouched(
            String path, String body, int status, String param) {
        String token = buyer.token(CurrencyUnit.MSAT, PAID, true);
        HttpResponse<String> response = buyer.post(path, Optional.of(token), body);
        assertEquals(status, response.statusCode(), response.body());
        JsonNode json = Json.parse(response.body());
        boolean ollama = path.startsWith("/api/");
        JsonNode error = ollama ? json : json.path("error");
        assertEquals(param, error.path("param").asText());
        assertTrue((ollama ? json.path("error") : error.path("message")).isTextual());
        assertEquals(404, buyer.outcome(token).statusCode());
    }

    @Test
    void embeddings_ofTheWrongNumber_areAnErrorOfTheNodeAndRefunded() {
        try (TestNode liar =
                TestNode.connect(
                        gateway.url(),
                        List.of("liar:1b"),
                        TestNode.allTasks(),
                        (worker, job) -> {
                            worker.accept(job);
                            worker.chunk(job, embeddings(Json.array()));
                            worker.done(job);
                        })) {
            String token = buyer.token(CurrencyUnit.MSAT, PAID, true);
            HttpResponse<String> response =
                    buyer.post(
                            "/v1/embeddings",
                            Optional.of(token),
                            "{\"model\":\"liar:1b\",\"input\":\"a\"}");
            assertEquals(502, response.statusCode(), response.body());
            assertEquals(
                    PAID, buyer.cash(response.headers().firstValue("X-Cashu-Change").orElse("")));
            assertFalse(liar.nodeId().isEmpty());
        }
    }
}
