package me.owlrun.mint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.BlindSignature;
import me.owlrun.cashu.CashuJson;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Proof;
import me.owlrun.json.Json;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.mint.testing.TestWallet;
import me.owlrun.mint.testing.TestWallet.Reply;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The endpoints that only read, and what every endpoint has in common.
final class ApiTest {

    private static Mint mint;
    private static TestWallet wallet;

    @BeforeAll
    static void start() {
        mint = TestMint.fresh().start("--fake.pay_delay=0", "--url=http://mint.example/");
        wallet = new TestWallet("http://127.0.0.1:" + mint.port(), CurrencyUnit.SAT);
    }

    @AfterAll
    static void stop() {
        mint.close();
    }

    @Test
    void keys_active_arePublishedWithTheirIds() {
        JsonNode keysets = wallet.get("/v1/keys").ok().path("keysets");
        assertEquals(2, keysets.size());
        assertEquals("sat", keysets.path(0).path("unit").textValue());
        assertEquals(32, keysets.path(0).path("keys").size());
        assertEquals("msat", keysets.path(1).path("unit").textValue());
        assertEquals(42, keysets.path(1).path("keys").size());
        assertTrue(keysets.path(0).path("keys").has("2147483648"));
        assertTrue(keysets.path(1).path("keys").has("2199023255552"));
        for (JsonNode keyset : keysets) {
            String id = keyset.path("id").textValue();
            assertTrue(id.startsWith("01") && id.length() == 66);
            assertTrue(keyset.path("active").booleanValue());
            assertEquals(0, keyset.path("input_fee_ppk").longValue());
            JsonNode one = wallet.get("/v1/keys/" + id).ok().path("keysets");
            assertEquals(1, one.size());
            assertEquals(keyset, one.path(0));
        }
        JsonNode summaries = wallet.get("/v1/keysets").ok().path("keysets");
        assertEquals(2, summaries.size());
        assertTrue(summaries.path(0).path("keys").isMissingNode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"00", "nonsense", "01adc013fa9d8517", "%00", "..", "01AB"})
    void keys_unknownId_isRefused(String id) {
        Reply reply = wallet.get("/v1/keys/" + id);
        assertTrue(reply.status() == 400 || reply.status() == 404, "HTTP " + reply.status());
        assertTrue(reply.code() == 12001 || reply.code() == 50000);
    }

    @Test
    void info_tellsWhatTheMintCan() {
        JsonNode info = wallet.get("/v1/info").ok();
        assertEquals("Owlrun mint", info.path("name").textValue());
        assertEquals(66, info.path("pubkey").textValue().length());
        assertEquals("http://mint.example", info.path("urls").path(0).textValue());
        assertTrue(info.path("description").textValue().contains("PLAY MONEY"));
        assertTrue(info.path("time").isIntegralNumber());
        JsonNode nuts = info.path("nuts");
        assertEquals(2, nuts.path("4").path("methods").size());
        assertEquals("bolt11", nuts.path("5").path("methods").path(1).path("method").textValue());
        assertEquals(1_000_000, nuts.at("/4/methods/0/max_amount").longValue());
        assertEquals(1_000_000_000, nuts.at("/4/methods/1/max_amount").longValue());
        for (String nut : List.of("7", "8", "9", "10", "11", "12", "14", "20")) {
            assertTrue(nuts.path(nut).path("supported").booleanValue());
        }
        assertTrue(nuts.path("19").path("ttl").isNull());
        assertEquals(4, nuts.path("19").path("cached_endpoints").size());
        assertEquals(1, nuts.at("/4/methods/0/min_amount").longValue());
        assertEquals("Lightning", nuts.at("/4/methods/0/method_name").textValue());
        assertTrue(nuts.at("/4/methods/0/options/description").booleanValue());
        assertTrue(nuts.at("/5/methods/0/options/amountless").isBoolean());
        assertEquals(100, nuts.at("/29/max_batch_size").longValue());
        assertEquals("bolt11", nuts.at("/29/methods/0").textValue());
        assertEquals("ok", wallet.get("/healthz").ok().path("status").textValue());
        assertEquals("http://mint.example", mint.url());
    }

    @Test
    void checkstate_answersInTheOrderAsked() {
        List<Proof> spent = wallet.mint(2);
        List<Proof> unspent = wallet.swap(spent, List.of(1L, 1L));
        Proof unknown = unspent.getFirst();
        ArrayNode ys = Json.array();
        ys.add(unspent.get(1).y().toHex()).add(spent.getFirst().y().toHex());
        ys.add(unknown.y().toHex()).add(spent.getFirst().y().toHex());
        ObjectNode request = Json.object();
        request.set("Ys", ys);
        JsonNode states = wallet.post("/v1/checkstate", request).ok().path("states");
        assertEquals(4, states.size());
        List<String> expected = List.of("UNSPENT", "SPENT", "UNSPENT", "SPENT");
        for (int i = 0; i < 4; i++) {
            assertEquals(ys.path(i), states.path(i).path("Y"));
            assertEquals(expected.get(i), states.path(i).path("state").textValue());
            assertTrue(states.path(i).has("witness") && states.path(i).path("witness").isNull());
        }
    }

    @Test
    void checkstate_badRequests_getTheirCodes() {
        assertEquals(50000, check("{}"));
        assertEquals(50000, check("{\"Ys\":[1]}"));
        assertEquals(50000, check("{\"Ys\":[\"02\"]}"));
        assertEquals(50000, check("{\"Ys\":{}}"));
        assertEquals(11014, check("{\"Ys\":[" + "1,".repeat(1000) + "1]}"));
        assertEquals(0, check("{\"Ys\":[]}"));
    }

    @Test
    void restore_knownAndUnknown_givesTheKnownOnes() {
        List<OutputData> known = wallet.outputs(List.of(1L, 2L));
        List<Proof> inputs = wallet.mint(3);
        JsonNode swapped = wallet.post("/v1/swap", wallet.swapRequest(inputs, known)).ok();
        List<OutputData> unknown = wallet.outputs(List.of(4L));
        ObjectNode request =
                wallet.withOutputs(
                        Json.object(),
                        List.of(known.get(1), unknown.getFirst(), known.get(0), known.get(1)));
        JsonNode restored = wallet.post("/v1/restore", request).ok();
        assertEquals(2, restored.path("outputs").size());
        List<BlindSignature> signatures =
                CashuJson.list(restored, "signatures", 9, CashuJson::blindSignature);
        assertEquals(2, signatures.size());
        assertEquals(swapped.path("signatures").path(1), restored.path("signatures").path(0));
        assertEquals(swapped.path("signatures").path(0), restored.path("signatures").path(1));
        assertEquals(
                known.get(1).blindedMessage().b().toHex(),
                restored.path("outputs").path(0).path("B_").textValue());
        List<Proof> proofs =
                List.of(
                        known.get(1).unblind(signatures.get(0), wallet.keyset()),
                        known.get(0).unblind(signatures.get(1), wallet.keyset()));
        assertEquals(3, TestWallet.sum(wallet.swap(proofs, List.of(1L, 2L))));
        ObjectNode none = wallet.withOutputs(Json.object(), unknown);
        assertEquals(0, wallet.post("/v1/restore", none).ok().path("signatures").size());
    }

    @Test
    void anyPath_unknown_isNotFoundInTheUsualShape() {
        for (String path : List.of("/", "/v1", "/v1/nothing", "/v1/mint/quote/bolt12")) {
            Reply reply = wallet.get(path);
            assertEquals(404, reply.status(), path);
            assertEquals(50000, reply.code(), path);
            assertTrue(reply.body().path("detail").isTextual());
        }
    }

    @Test
    void anyRequest_fromABrowserOfAnotherOrigin_isAllowed() throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest preflight =
                    HttpRequest.newBuilder(url("/v1/swap"))
                            .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                            .header("Access-Control-Request-Headers", "content-type")
                            .build();
            HttpResponse<Void> answer =
                    http.send(preflight, HttpResponse.BodyHandlers.discarding());
            assertEquals(204, answer.statusCode());
            assertEquals("*", header(answer, "access-control-allow-origin"));
            assertEquals("content-type", header(answer, "access-control-allow-headers"));
            for (String path : List.of("/v1/keys", "/v1/keys/00", "/v1/nothing")) {
                HttpRequest get = HttpRequest.newBuilder(url(path)).build();
                HttpResponse<Void> got = http.send(get, HttpResponse.BodyHandlers.discarding());
                assertEquals("*", header(got, "access-control-allow-origin"), path);
                assertEquals("application/json", header(got, "content-type"), path);
            }
        }
    }

    @Test
    void anyPost_tooLarge_isRefusedAndTheMintLivesOn() {
        byte[] large =
                ("{\"inputs\":\"" + "x".repeat(1_048_576) + "\"}").getBytes(StandardCharsets.UTF_8);
        Reply reply = wallet.post("/v1/swap", large);
        assertTrue(reply.status() == 400 || reply.status() == 413, "HTTP " + reply.status());
        assertEquals(50000, reply.code());
        assertEquals("ok", wallet.get("/healthz").ok().path("status").textValue());
    }

    @Test
    void anyPost_longSecretOrWitness_isRefused() {
        List<Proof> inputs = wallet.mint(1);
        for (String field : List.of("secret", "witness")) {
            ObjectNode request = wallet.swapRequest(inputs, wallet.outputs(List.of(1L)));
            ((ObjectNode) request.path("inputs").path(0)).put(field, "ä".repeat(513));
            assertEquals(50000, wallet.post("/v1/swap", request).code());
        }
        String halfPair =
                Json.text(wallet.swapRequest(inputs, wallet.outputs(List.of(1L))))
                        .replace(inputs.getFirst().secret(), "\\ud800");
        assertEquals(
                50000, wallet.post("/v1/swap", halfPair.getBytes(StandardCharsets.UTF_8)).code());
    }

    private static int check(String json) {
        return wallet.post("/v1/checkstate", json.getBytes(StandardCharsets.UTF_8)).code();
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    private static URI url(String path) {
        return URI.create("http://127.0.0.1:" + mint.port() + path);
    }
}
