package me.owlrun.up;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.Token;
import me.owlrun.cashu.TokenCodec;
import me.owlrun.json.Json;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/// Bad input against the running system: each kind gets its documented error and moves no money.
@ExtendWith(WithRunningSystem.class)
final class BadInputTest {

    private static final String MODEL = "qwen2.5:0.5b";

    private static String chat(String model) {
        return "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"
                .formatted(model);
    }

    private static void assertError(HttpResponse<String> response, int status, String code) {
        assertEquals(status, response.statusCode(), response.body());
        JsonNode error = Json.parse(response.body()).path("error");
        assertEquals(code, error.path("code").asText(), response.body());
        assertTrue(!error.path("message").asText().isBlank(), response.body());
        assertTrue(error.has("type") && error.has("param"), response.body());
        assertTrue(response.headers().firstValue("x-request-id").isPresent());
    }

    @ParameterizedTest
    @CsvSource({
        "cashuAnonsense, 400, invalid_cashu_token",
        "cashuB!!!, 400, invalid_cashu_token",
        "cashuC123, 400, invalid_cashu_token",
        "hello, 400, invalid_cashu_token",
        "'', 401, no_payment_method"
    })
    void token_malformed_isRefused(String token, int status, String code, RunningSystem system)
            throws Exception {
        Map<String, String> headers = token.isEmpty() ? Map.of() : Map.of("X-Cashu", token);
        assertError(
                system.post(system.gatewayUrl() + "/v1/chat/completions", headers, chat(MODEL)),
                status,
                code);
    }

    @Test
    void goodToken_badRequest_staysUnspent(RunningSystem system) throws Exception {
        String token = system.token(20, "sat");
        Map<String, List<String>> rows = new LinkedHashMap<>();
        rows.put("{\"model\":", List.of("400", "invalid_json"));
        rows.put("[1]", List.of("400", "invalid_json"));
        rows.put("{\"model\":\"a\",\"model\":\"b\"}", List.of("400", "invalid_json"));
        rows.put(chat("no-such-model"), List.of("404", "model_not_found"));
        rows.put(chat("llama3.3:70b"), List.of("503", "no_nodes"));
        for (Map.Entry<String, List<String>> row : rows.entrySet()) {
            assertError(
                    system.post(
                            system.gatewayUrl() + "/v1/chat/completions",
                            Map.of("X-Cashu", token),
                            row.getKey()),
                    Integer.parseInt(row.getValue().getFirst()),
                    row.getValue().getLast());
            assertTrue(Purse.isUnspent(system, token), row.getKey());
        }
    }

    @Test
    void token_spentOrForeignOrOversized_isRefused(RunningSystem system) throws Exception {
        String url = system.gatewayUrl() + "/v1/chat/completions";
        String spent = system.token(20, "sat");
        var _ = Purse.redeem(system.mintUrl(), List.of(spent));
        assertError(system.post(url, Map.of("X-Cashu", spent), chat(MODEL)), 402, "token_spent");

        Token good = Purse.decode(system.token(20, "sat"));
        Token foreign =
                new Token(
                        "https://mint.elsewhere.example",
                        good.unit(),
                        Optional.empty(),
                        good.proofs());
        assertError(
                system.post(url, Map.of("X-Cashu", TokenCodec.encodeA(foreign)), chat(MODEL)),
                400,
                "foreign_mint");
        assertTrue(Purse.isUnspent(system, TokenCodec.encodeA(good)));

        String oversized = "cashuA" + "a".repeat(70_000);
        assertError(
                system.post(url, Map.of("X-Cashu", oversized), chat(MODEL)),
                413,
                "token_too_large");
    }

    @ParameterizedTest
    @CsvSource({"?api_key=owlr_prov_wrong", "''"})
    void socket_wrongKey_isRefused(String query, RunningSystem system) throws Exception {
        String path = "/v1/gateway/ws" + query;
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create(system.gatewayUrl().replace("http:", "ws:") + path);
            ExecutionException refused =
                    Assertions.assertThrows(
                            ExecutionException.class,
                            () ->
                                    client.newWebSocketBuilder()
                                            .buildAsync(uri, new WebSocket.Listener() {})
                                            .get(10, TimeUnit.SECONDS));
            WebSocketHandshakeException cause =
                    Assertions.assertInstanceOf(
                            WebSocketHandshakeException.class, refused.getCause());
            assertEquals(401, cause.getResponse().statusCode());
        }
        assertError(system.get(system.gatewayUrl() + path), 426, "upgrade_required");
    }

    @Test
    void unknownPathsAndMethods_answerJson(RunningSystem system) throws Exception {
        assertError(system.get(system.gatewayUrl() + "/v1/no-such"), 404, "not_found");
        assertError(
                system.get(system.gatewayUrl() + "/v1/chat/completions"),
                405,
                "method_not_allowed");
    }
}
