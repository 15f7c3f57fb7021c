package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.helidon.http.Method;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.gateway.http.ErrorCode;
import me.owlrun.json.Json;
import me.owlrun.mint.testing.TestInvoices;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// `/openapi.json` says what is true: the same paths and methods as the server has, codes that
/// exist and are explained, and schemas that real answers, good and bad, fit.
final class OpenApiTest {

    private static final String MODEL = "qwen2.5:0.5b";
    private static final Pattern CODE = Pattern.compile("`([a-z_]+)`");
    private static final List<String> METHODS = List.of("get", "post", "put", "delete", "patch");

    private static final List<String> ANSWER =
            List.of(
                    "{\"choices\":[{\"delta\":{\"content\":\"Hello\",\"text\":\"Hello\"}}]}",
                    "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}",
                    "{\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":1}}",
                    "[DONE]");

    private static final String PROVIDER = "owlr_prov_openapi0123456789";

    private static TestCloud cloud;
    private static TestGateway gateway;
    private static TestNode node;
    private static TestNode broken;
    private static TestBuyer buyer;
    private static TestAccount owner;
    private static TestAccount spender;
    private static Map<String, String> names = Map.of();
    private static JsonNode document;
    private static JsonSchema schemas;

    @BeforeAll
    static void start() {
        cloud = new TestCloud();
        gateway = TestGateway.start(cloud.flags(TestCloud.keyFile(TestCloud.key(1))));
        node =
                TestNode.connect(
                        gateway.url(), List.of(MODEL), TestNode.allTasks(), OpenApiTest::work);
        broken =
                TestNode.connect(
                        gateway.url(),
                        List.of("broken:1b"),
                        (worker, job) -> {
                            worker.accept(job);
                            worker.chunk(job, "data: {\"error\":\"no\"}\n\n");
                        });
        buyer = new TestBuyer(gateway);
        owner = TestAccount.open(gateway);
        JsonNode own = owner.get("/v1/account/keys").ok().at("/data/0/id");
        JsonNode other = owner.post("/v1/account/keys", "{\"spend_limit_sats\":5}").ok();
        spender = owner.by(other.path("api_key").asText());
        names = fill(owner, own.asText(), other);
        document = Json.parse(gateway.get("/openapi.json").body());
        schemas = new JsonSchema(document);
    }

    /// Gives an account money, a second key, a job that it paid and a withdrawal.
    private static Map<String, String> fill(TestAccount account, String ownKey, JsonNode other) {
        JsonNode topup = account.topUp(500);
        TestAccount.Reply paid =
                account.by(other.path("api_key").asText())
                        .post(
                                "/v1/chat/completions",
                                """
                                {"model":"%s","messages":[{"role":"user","content":"Hi"}]}\
                                """
                                        .formatted(MODEL));
        assertEquals(200, paid.status(), paid.body().toString());
        JsonNode withdrawal =
                account.post("/v1/account/withdraw", "{\"method\":\"ecash\",\"amount_sats\":10}")
                        .ok();
        return Map.of(
                "OWN_KEY", ownKey,
                "OTHER_KEY", other.path("id").asText(),
                "TOPUP", topup.path("id").asText(),
                "WITHDRAWAL", withdrawal.path("id").asText(),
                "CLOUD_NODE",
                        account.by(PROVIDER)
                                .post(
                                        "/v1/cloud/nodes",
                                        TestCloud.registration("chat", "cloud:1b", "p/hello"))
                                .ok()
                                .path("id")
                                .asText());
    }

    private static void work(TestNode worker, String job) {
        worker.accept(job);
        if (worker.fetch(job).has("input")) {
            worker.chunk(job, "{\"data\":[{\"embedding\":[0.5]}],\"usage\":{\"prompt_tokens\":3}}");
        } else {
            ANSWER.forEach(event -> worker.chunk(job, "data: " + event + "\n\n"));
        }
        worker.done(job);
    }

    @AfterAll
    static void stop() {
        node.close();
        broken.close();
        gateway.close();
        cloud.close();
    }

    private JsonNode path(String path) {
        return schemas.resolve(document.path("paths").path(path));
    }

    @Test
    void paths_areExactlyThoseOfTheServer() {
        Set<String> documented = new TreeSet<>();
        document.path("paths")
                .fieldNames()
                .forEachRemaining(path -> {
                    for (String method : METHODS) {
                        if (path(path).has(method)) {
                            documented.add(method + " " + path);
                        }
                    }
                });
        assertEquals(String.join("\n", registered()), String.join("\n", documented));
    }

    /// What the services of a gateway register, heard by rules that only listen. Web pages lie on
    /// any other path and are left out, as is HEAD, which goes with GET.
    private static Set<String> registered() {
        Set<String> found = new TreeSet<>();
        HttpRules[] rules = new HttpRules[1];
        rules[0] =
                (HttpRules)
                        Proxy.newProxyInstance(
                                HttpRules.class.getClassLoader(),
                                new Class<?>[] {HttpRules.class},
                                (self, method, arguments) -> {
                                    add(found, method.getName(), arguments);
                                    return self;
                                });
        try (Gateway another = gateway.another("--instance=listener")) {
            for (HttpService service : another.routes()) {
                service.routing(rules[0]);
            }
        }
        found.add("get /v1/gateway/ws");
        return found;
    }

    private static void add(Set<String> found, String call, Object[] arguments) {
        if (call.equals("get") && arguments[0] instanceof String path) {
            found.add("get " + path.replace("{+", "{"));
        }
        if (call.equals("route")
                && arguments[0] instanceof Method method
                && arguments[1] instanceof String path) {
            found.add(method.text().toLowerCase(Locale.ROOT) + " " + path.replace("{+", "{"));
        }
    }

    @Test
    void codes_ofEveryStatus_existAndAreExplained() throws IOException {
        String explained =
                Files.readString(
                        Path.of(System.getProperty("owlrun.root")).resolve("docs/errors.md"));
        List<String> wrong = new ArrayList<>();
        document.path("paths")
                .fieldNames()
                .forEachRemaining(path ->
                        path(path)
                                .properties()
                                .forEach(operation ->
                                        operation
                                                .getValue()
                                                .path("responses")
                                                .properties()
                                                .forEach(response -> {
                                                    int status =
                                                            Integer.parseInt(response.getKey());
                                                    String text =
                                                            schemas.resolve(response.getValue())
                                                                    .path("description")
                                                                    .asText();
                                                    if (status >= 400) {
                                                        CODE.matcher(text)
                                                                .results()
                                                                .map(found ->
                                                                        problem(
                                                                                found, status,
                                                                                explained))
                                                                .flatMap(Optional::stream)
                                                                .forEach(found ->
                                                                        wrong.add(
                                                                                path + " "
                                                                                        + found));
                                                    }
                                                })));
        assertEquals(List.of(), wrong);
    }

    private static Optional<String> problem(MatchResult found, int status, String explained) {
        String code = found.group(1);
        boolean exists =
                Arrays.stream(ErrorCode.values())
                        .anyMatch(known -> known.code().equals(code) && known.status() == status);
        return exists && explained.contains("`" + code + "`")
                ? Optional.empty()
                : Optional.of(status + " " + code);
    }

    /// `TOKEN` stands for a fresh payment, nothing for none.
    @ParameterizedTest
    @CsvFileSource(resources = "requests.csv", delimiter = '|', quoteCharacter = '`')
    void answer_real_fitsItsSchema(
            String method, String path, String payment, int status, String body) {
        Optional<String> token =
                Optional.ofNullable(payment)
                        .map(text ->
                                text.equals("TOKEN")
                                        ? buyer.token(CurrencyUnit.MSAT, 5_000, true)
                                        : text);
        HttpResponse<String> response =
                method.equals("GET")
                        ? gateway.get(path)
                        : buyer.post(path, token, Optional.ofNullable(body).orElse(""));
        assertFits(method, path, status, response);
    }

    /// Change in blank outputs, in each form of answer, and blanks that cannot be used.
    @ParameterizedTest
    @CsvFileSource(resources = "blank-requests.csv", delimiter = '|', quoteCharacter = '`')
    void answer_withBlanks_fitsItsSchema(String path, int blanks, int status, String body) {
        String token = buyer.token(CurrencyUnit.MSAT, 5_000, true);
        TestBlanks wanted =
                new TestBlanks(buyer.wallet(CurrencyUnit.MSAT), CurrencyUnit.MSAT, blanks);
        HttpResponse<String> response =
                buyer.post(
                        path, Optional.of(token), body, "X-Cashu-Change-Outputs", wanted.header());
        assertFits("POST", path, status, response);
        int told = status == 400 ? 404 : 200;
        assertFits("POST", "/v1/cashu/change", told, buyer.outcome(token));
    }

    /// `rest` is the path as asked, where it is not the one in the document; `OWNER` stands for the
    /// account's own key, `SPENDER` for one that may only spend, `TOKEN` for a fresh payment,
    /// `INVOICE` for one to pay.
    @ParameterizedTest
    @CsvFileSource(resources = "account-requests.csv", delimiter = '|', quoteCharacter = '`')
    void answer_ofAnAccount_fitsItsSchema(
            String method, String path, String rest, String key, int status, String body) {
        TestAccount caller =
                switch (Optional.ofNullable(key).orElse("")) {
                    case "OWNER" -> owner;
                    case "SPENDER" -> spender;
                    case "PROVIDER" -> owner.by(PROVIDER);
                    case "" -> owner.by("");
                    default -> owner.by(key);
                };
        String asked = Optional.ofNullable(rest).orElse(path);
        for (Map.Entry<String, String> name : names.entrySet()) {
            asked = asked.replace(name.getKey(), name.getValue());
        }
        String sent = Optional.ofNullable(body).orElse("").replace("CLOUD_TOKEN", TestCloud.TOKEN);
        if (sent.contains("TOKEN")) {
            sent = sent.replace("TOKEN", buyer.token(CurrencyUnit.MSAT, 5_000, true));
        }
        if (sent.contains("INVOICE")) {
            sent = sent.replace("INVOICE", TestInvoices.of(Msat.ofSat(10), ""));
        }
        assertFits(method, path, status, caller.send(method, asked, sent).response());
    }

    private void assertFits(String method, String path, int status, HttpResponse<String> response) {
        assertEquals(status, response.statusCode(), response.body());
        JsonNode operation = path(path).path(method.toLowerCase(Locale.ROOT));
        JsonNode documented =
                operation.isMissingNode()
                        ? document.at(
                                "/components/responses/"
                                        + (path.startsWith("/api/")
                                                ? "Ollama405"
                                                : "MethodNotAllowed"))
                        : schemas.resolve(operation.path("responses").path("" + status));
        assertFalse(documented.isMissingNode(), "the status is documented");
        String mediaType =
                response.headers().firstValue("Content-Type").orElse("").split(";", 2)[0];
        JsonNode schema = documented.path("content").path(mediaType).path("schema");
        assertFalse(schema.isMissingNode(), mediaType);
        List<JsonNode> values = values(mediaType, response.body());
        assertFalse(values.isEmpty());
        for (JsonNode value : values) {
            assertEquals(List.of(), schemas.problems(schema, value), value.toString());
        }
        if (status >= 400) {
            JsonNode error = values.getFirst().path("error");
            String code =
                    error.isTextual()
                            ? values.getFirst().path("code").asText()
                            : error.path("code").asText();
            assertTrue(documented.path("description").asText().contains("`" + code + "`"), code);
        }
    }

    private static List<JsonNode> values(String mediaType, String body) {
        return switch (mediaType) {
            case "application/json" -> List.of(Json.parse(body));
            case "application/x-ndjson" -> body.lines().map(Json::parse).toList();
            case "text/event-stream" ->
                    TestBuyer.events(body).stream()
                            .filter(event -> !event.equals("[DONE]"))
                            .map(Json::parse)
                            .toList();
            default -> throw new AssertionError(mediaType);
        };
    }

    @Test
    void schema_ofAWrongValue_complains() {
        JsonNode error = document.at("/components/schemas/Error");
        assertFalse(schemas.problems(error, Json.parse("{\"error\":\"text\"}")).isEmpty());
        assertFalse(schemas.problems(error, Json.parse("{}")).isEmpty());
        JsonNode chunk = document.at("/components/schemas/ChatChunk");
        String forged =
                """
                {"id":"a","object":"chat.completion.chunk","created":1,"model":"m","choices":[],\
                "evil":1}\
                """;
        assertFalse(schemas.problems(chunk, Json.parse(forged)).isEmpty());
    }
}
