package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.Json;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.http.HttpResponse;
import java.util.Optional;

/// Registrations: the seed's own example is taken, wrong ones are refused by field.
final class RegistrationTest {

    private static final String KEY = "Bearer owlr_prov_0123456789abcdef";
    private static final String SEED =
            """
            {
              "node_id":            "3f0e8a52-6f3b-4f6e-9a2e-2d0f6a4d5b11",
              "gpu":                "NVIDIA GeForce RTX 4090",
              "gpu_vendor":         "nvidia",
              "vram_total_mb":      24576,
              "vram_free_mb":       22000,
              "vram_exact":         true,
              "models":             ["llama3.1:8b", "qwen2.5:0.5b"],
              "ollama_url":         "http://127.0.0.1:11434",
              "region":             "us-east",
              "version":            "0.2.0",
              "wallet":             "",
              "lightning_address":  "you@minibits.cash",
              "redeem_threshold_sats": 500
            }
            """;

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("--register.per_hour=3");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static HttpResponse<String> register(String body, String key) {
        return new TestBuyer(gateway)
                .post("/v1/gateway/register", Optional.empty(), body, "Authorization", key);
    }

    @Test
    void register_theSeedsExampleAndAgain_isTakenAndCountedOnce() {
        for (int i = 0; i < 10; i++) {
            HttpResponse<String> response = register(SEED, KEY);
            assertEquals(200, response.statusCode(), response.body());
            assertEquals(
                    Json.parse(
                            "{\"status\":\"registered\","
                                    + "\"node_id\":\"3f0e8a52-6f3b-4f6e-9a2e-2d0f6a4d5b11\"}"),
                    Json.parse(response.body()));
        }
        assertEquals(1, TestSql.number(gateway, "SELECT count(*) FROM node"));
        ObjectNode other = Json.parseObject(SEED);
        int taken = 0;
        for (int i = 0; i < 5; i++) {
            HttpResponse<String> response =
                    register(Json.text(other.put("node_id", "other-" + i)), KEY);
            if (response.statusCode() == 200) {
                taken++;
            } else {
                assertEquals(429, response.statusCode());
                assertTrue(response.headers().firstValue("Retry-After").isPresent());
            }
        }
        assertEquals(2, taken);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    node_id               | null
                    node_id               | "a b"
                    node_id               | 7
                    gpu                   | null
                    gpu_vendor            | "intel"
                    vram_total_mb         | -1
                    vram_total_mb         | 1.5
                    vram_free_mb          | "22000"
                    models                | null
                    models                | "llama"
                    models                | [7]
                    models                | ["a b"]
                    capacity              | 0
                    redeem_threshold_sats | -1
                    free_tier_pct         | 101
                    """)
    void register_withAWrongField_namesIt(String field, String value) {
        ObjectNode body = Json.parseObject(SEED);
        body.set(field, Json.parse(value));
        HttpResponse<String> response = register(Json.text(body), KEY);
        assertEquals(400, response.statusCode(), response.body());
        assertEquals(field, Json.parse(response.body()).at("/error/param").asText());
    }

    @ParameterizedTest
    @CsvSource({"Basic x", "Bearer sk-123", "Bearer owlr_prov_", "Bearer owlr_prov_with spaces"})
    void register_withoutAKey_is401(String key) {
        HttpResponse<String> response = register(SEED, key);
        assertEquals(401, response.statusCode());
        assertEquals("invalid_api_key", Json.parse(response.body()).at("/error/code").asText());
    }

    @Test
    void register_notJson_is400() {
        assertEquals(400, register("{", KEY).statusCode());
        assertEquals(413, register("{\"a\":\"" + "x".repeat(70_000) + "\"}", KEY).statusCode());
    }
}
