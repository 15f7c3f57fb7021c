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

import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// Change goes into blank outputs of the buyer's own wallet, to the millisat and in every form of
/// answer; what cannot be used is refused before anything is claimed.
final class BlankChangeTest {

    private static final String MODEL = "qwen2.5:0.5b";
    private static final String BROKEN = "broken:1b";
    private static final String HEADER = "X-Cashu-Change-Outputs";
    private static final String CHAT = "/v1/chat/completions";

    private static TestGateway gateway;
    private static TestNode node;
    private static TestNode broken;
    private static TestBuyer buyer;

    @BeforeAll
    static void start() {
        gateway =
                TestGateway.start(
                        "--mint.timeout=60000", "--job.accept=60000", "--breaker.failures=1000");
        node =
                TestNode.connect(
                        gateway.url(), List.of(MODEL), TestNode.allTasks(), BlankChangeTest::work);
        broken =
                TestNode.connect(
                        gateway.url(),
                        List.of(BROKEN),
                        (worker, job) -> {
                            worker.accept(job);
                            worker.chunk(job, "data: {\"error\":\"no\"}\n\n");
                        });
        buyer = new TestBuyer(gateway);
    }

    private static void work(TestNode worker, String job) {
        worker.accept(job);
        if (worker.fetch(job).has("input")) {
            worker.chunk(job, "{\"data\":[{\"embedding\":[0.5]}],\"usage\":{\"prompt_tokens\":3}}");
        } else {
            TestAnswers.HELLO.forEach(event -> worker.chunk(job, "data: " + event + "\n\n"));
        }
        worker.done(job);
    }

    @AfterAll
    static void stop() {
        node.close();
        broken.close();
        gateway.close();
    }

    @AfterEach
    void audit_afterEveryTest_findsNothing() {
        assertEquals(List.of(), gateway.audit());
    }

    private static TestBlanks blanks(CurrencyUnit unit, int count) {
        return new TestBlanks(buyer.wallet(unit), unit, count);
    }

    private static HttpResponse<String> send(
            String path, String token, ObjectNode body, String blanks, String... more) {
        String[] headers = new String[2 + more.length];
        headers[0] = HEADER;
        headers[1] = blanks;
        System.arraycopy(more, 0, headers, 2, more.length);
        return buyer.post(path, Optional.of(token), Json.text(body), headers);
    }

    private static JsonNode inHeader(HttpResponse<String> response) {
        String text = response.headers().firstValue("X-Cashu-Change").orElse("");
        return Json.parse(Base64.getUrlDecoder().decode(text));
    }

    @Test
    void stream_paidInMsat_signsAllChange() {
        String token = buyer.token(CurrencyUnit.MSAT, 5_000, true);
        TestBlanks blanks = blanks(CurrencyUnit.MSAT, 13);

        HttpResponse<String> response =
                send(CHAT, token, TestBuyer.request(MODEL, true), blanks.header());

        assertEquals(200, response.statusCode(), response.body());
        JsonNode change = TestBuyer.changeEvent(response.body());
        assertEquals(10, change.path("cost_msats").asLong());
        assertEquals(4_990, change.path("change_msats").asLong());
        assertEquals(4, change.path("change_sats").asLong());
        assertFalse(change.has("token"), "no bearer money");
        assertFalse(change.has("state"), "it is all there");
        assertEquals("[DONE]", TestBuyer.events(response.body()).getLast());
        assertEquals(4_990, blanks.cash(change));
        assertRepeated(token, change);
    }

    /// The same signatures for who asks again, by either way.
    private static void assertRepeated(String token, JsonNode change) {
        HttpResponse<String> again = buyer.complete(token, TestBuyer.request(MODEL, true));
        assertEquals(402, again.statusCode(), again.body());
        assertEquals("token_spent", Json.parse(again.body()).at("/error/code").asText());
        JsonNode repeated =
                again.headers().firstValue("X-Cashu-Change").isPresent()
                        ? inHeader(again)
                        : Json.parse(again.body()).path("cashu_change");
        assertEquals(change.path("signatures"), repeated.path("signatures"));
        JsonNode outcome = Json.parse(buyer.outcome(token).body());
        assertEquals(change.path("signatures"), outcome.path("signatures"));
        assertEquals(change.path("change_msats"), outcome.path("change_msats"));
    }

    @Test
    void stream_paidInSat_signsSatsAndGivesTheRestAsToken() {
        String token = buyer.token(CurrencyUnit.SAT, 100, true);
        TestBlanks blanks = blanks(CurrencyUnit.SAT, 7);

        HttpResponse<String> response =
                send(CHAT, token, TestBuyer.request(MODEL, true), blanks.header());

        JsonNode change = TestBuyer.changeEvent(response.body());
        assertEquals(99_990, change.path("change_msats").asLong());
        assertFalse(change.has("token"));
        assertEquals(99_000, blanks.cash(change));
        assertEquals(990, buyer.cash(change.path("token_msat").asText()));
    }

    @Test
    void stream_paidInSatWithTwoGroups_signsBoth() {
        String token = buyer.token(CurrencyUnit.SAT, 64, true);
        TestBlanks sats = blanks(CurrencyUnit.SAT, 6);
        TestBlanks rest = blanks(CurrencyUnit.MSAT, 10);

        HttpResponse<String> response =
                send(
                        CHAT,
                        token,
                        TestBuyer.request(MODEL, true),
                        sats.header() + ", " + rest.header());

        assertEquals(200, response.statusCode(), response.body());
        JsonNode change = TestBuyer.changeEvent(response.body());
        assertFalse(change.has("token"));
        assertFalse(change.has("token_msat"));
        assertEquals(63_000, sats.cash(change));
        assertEquals(990, rest.cash(change));
        assertRepeated(token, change);
    }

    @Test
    void whole_withFewSignatures_hasThemInTheHeader() {
        String token = buyer.token(CurrencyUnit.MSAT, 522, true);
        TestBlanks blanks = blanks(CurrencyUnit.MSAT, 10);

        HttpResponse<String> response =
                send(CHAT, token, TestBuyer.request(MODEL, false), blanks.header());

        assertEquals(200, response.statusCode(), response.body());
        assertFalse(Json.parse(response.body()).has("cashu_change"));
        assertEquals(512, inHeader(response).path("change_msats").asLong());
        assertEquals(512, blanks.cash(inHeader(response)));
        assertTrue(
                response.headers()
                        .firstValue("Access-Control-Expose-Headers")
                        .orElse("")
                        .contains("X-Cashu-Change"));
    }

    @Test
    void whole_withManySignatures_hasThemInTheBody() {
        String token = buyer.token(CurrencyUnit.MSAT, 8_201, true); // the change is 8191
        TestBlanks blanks = blanks(CurrencyUnit.MSAT, 14);

        HttpResponse<String> response =
                send(CHAT, token, TestBuyer.request(MODEL, false), blanks.header());

        assertEquals(Optional.empty(), response.headers().firstValue("X-Cashu-Change"));
        JsonNode change = Json.parse(response.body()).path("cashu_change");
        assertEquals(13, change.path("signatures").size());
        assertEquals(8_191, blanks.cash(change));
    }

    @Test
    void inline_hasTheChangeBeforeTheEnd() {
        String token = buyer.token(CurrencyUnit.MSAT, 800, true);
        TestBlanks blanks = blanks(CurrencyUnit.MSAT, 10);

        HttpResponse<String> response =
                send(
                        CHAT,
                        token,
                        TestBuyer.request(MODEL, true),
                        blanks.header(),
                        "X-Cashu-Change-Mode",
                        "inline");

        List<String> events = TestBuyer.events(response.body());
        assertEquals(1, events.stream().filter("[DONE]"::equals).count());
        JsonNode change = Json.parse(events.get(events.size() - 2));
        assertEquals("cashu_change", change.path("type").asText());
        assertEquals(790, blanks.cash(change));
    }

    @ParameterizedTest
    @CsvSource({"MSAT, 3000, 12", "SAT, 50, 6"})
    void failure_afterTheClaim_refundsIntoTheBlanks(CurrencyUnit unit, long amount, int count) {
        for (boolean stream : List.of(true, false)) {
            String token = buyer.token(unit, amount, true);
            TestBlanks blanks = blanks(unit, count);
            HttpResponse<String> response =
                    send(CHAT, token, TestBuyer.request(BROKEN, stream), blanks.header());
            assertEquals(502, response.statusCode(), response.body());
            assertEquals("node_error", Json.parse(response.body()).at("/error/code").asText());
            JsonNode outcome = Json.parse(buyer.outcome(token).body());
            assertEquals("refunded", outcome.path("state").asText());
            assertEquals(unit.toMsat(amount).value(), blanks.cash(outcome));
        }
    }

    @Test
    void change_ofNothing_hasNoSignatures() {
        String token = buyer.token(CurrencyUnit.MSAT, 10, true);
        TestBlanks blanks = blanks(CurrencyUnit.MSAT, 4);
        HttpResponse<String> response =
                send(CHAT, token, TestBuyer.request(MODEL, true), blanks.header());
        JsonNode change = TestBuyer.changeEvent(response.body());
        assertTrue(change.path("signatures").isArray());
        assertEquals(0, change.path("signatures").size());
        assertEquals(0, change.path("change_msats").asLong());
        assertEquals(0, blanks.restore());
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/completions, prompt, true",
        "/v1/completions, prompt, false",
        "/api/generate, prompt, true",
        "/api/generate, prompt, false",
        "/api/embed, input, false",
        "/v1/embeddings, input, false"
    })
    void everyFormat_signsTheChange(String path, String field, boolean stream) {
        String token = buyer.token(CurrencyUnit.MSAT, 266, true);
        TestBlanks blanks = blanks(CurrencyUnit.MSAT, 9);
        ObjectNode body = Json.object().put("model", MODEL).put(field, "Hello");
        if (!field.equals("input")) {
            body.put("stream", stream);
        }

        HttpResponse<String> response = send(path, token, body, blanks.header());

        assertEquals(200, response.statusCode(), response.body());
        JsonNode change;
        if (!stream) {
            change = inHeader(response);
        } else if (path.startsWith("/api/")) {
            change =
                    response.body()
                            .lines()
                            .filter(line -> line.contains("cashu_change"))
                            .map(Json::parse)
                            .findFirst()
                            .orElseThrow();
        } else {
            change = TestBuyer.changeEvent(response.body());
        }
        assertEquals(256, change.path("change_msats").asLong());
        assertEquals(256, blanks.cash(change));
    }

    @Test
    void blanks_thatWereSignedBefore_giveATokenInstead() {
        TestBlanks blanks = blanks(CurrencyUnit.MSAT, 13);
        String first = buyer.token(CurrencyUnit.MSAT, 5_000, true);
        JsonNode signed =
                TestBuyer.changeEvent(
                        send(CHAT, first, TestBuyer.request(MODEL, true), blanks.header()).body());

        for (long amount : List.of(5_000L, 4_000L)) { // the very same amounts, and others
            String second = buyer.token(CurrencyUnit.MSAT, amount, true);
            HttpResponse<String> response =
                    send(CHAT, second, TestBuyer.request(MODEL, true), blanks.header());
            assertEquals(200, response.statusCode(), response.body());
            JsonNode change = TestBuyer.changeEvent(response.body());
            assertEquals(0, change.path("signatures").size());
            assertEquals(amount - 10, buyer.cash(change));
        }
        assertEquals(4_990, blanks.cash(signed));
    }

    @Test
    void blanks_ofAKeyPaidRequest_areIgnored() {
        TestAccount account = TestAccount.open(gateway);
        assertEquals("credited", account.topUp(5).path("state").asText());
        TestAccount.Reply reply =
                account.post(CHAT, Json.text(TestBuyer.request(MODEL, false)), HEADER, "nonsense");
        assertEquals(200, reply.status(), reply.body().toString());
    }

    /// `K` is the msat keyset, `S` the one of sats, `B` a blank, `G` eleven more.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''",
                ";",
                "K",
                "K;",
                "K;G;B;",
                "K;G",
                "K;G;xyz",
                "K;G;020000000000000000000000000000000000000000000000000000000000000005",
                "K;G;04B",
                "K;G;B;B",
                "K;G;B,K;G;B",
                "K;G;B,S;B",
                "S;G;B",
                "K;G;B,S;B,K;B",
                "00ffffffffffffff;G;B",
                "nonsense;G;B",
                "K;G;B;MANY"
            })
    void blanks_thatCannotBeUsed_leaveTheTokenUntouched(String header) {
        TestBlanks one = blanks(CurrencyUnit.MSAT, 1);
        String keyset = buyer.wallet(CurrencyUnit.MSAT).keyset().id().value();
        String text =
                header.replace("MANY", points(60))
                        .replace("G", points(11))
                        .replace("B", one.header().substring(keyset.length() + 1))
                        .replace("S", buyer.wallet(CurrencyUnit.SAT).keyset().id().value())
                        .replace("K", keyset);
        String token = buyer.token(CurrencyUnit.MSAT, 5_000, true);

        HttpResponse<String> response = send(CHAT, token, TestBuyer.request(MODEL, true), text);

        assertEquals(400, response.statusCode(), response.body());
        JsonNode error = Json.parse(response.body()).path("error");
        assertEquals("invalid_change_outputs", error.path("code").asText(), error.toString());
        assertEquals(HEADER, error.path("param").asText());
        assertEquals(404, buyer.outcome(token).statusCode());
        assertEquals(5_000, buyer.cash(token));
    }

    private static String points(int count) {
        String header = blanks(CurrencyUnit.MSAT, count).header();
        return header.substring(header.indexOf(';') + 1);
    }

    @Test
    void blanks_justEnough_areTaken() {
        String token = buyer.token(CurrencyUnit.MSAT, 5_000, true); // at most 4095: 12 bits
        TestBlanks blanks = blanks(CurrencyUnit.MSAT, 12);
        HttpResponse<String> response =
                send(CHAT, token, TestBuyer.request(MODEL, true), blanks.header());
        assertEquals(200, response.statusCode(), response.body());
        assertEquals(4_990, blanks.restore());
    }
}
