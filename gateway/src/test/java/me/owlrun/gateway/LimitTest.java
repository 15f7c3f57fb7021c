package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.json.Json;

import org.junit.jupiter.api.Test;

import java.net.http.HttpResponse;
import java.util.Optional;

/// Limits of requests, by the client's address behind a proxy that is trusted.
final class LimitTest {

    private static final String MODEL = "qwen2.5:0.5b";

    private static HttpResponse<String> ask(TestBuyer buyer, String... headers) {
        return buyer.post(
                "/v1/chat/completions",
                Optional.empty(),
                Json.text(TestBuyer.request(MODEL, false)),
                headers);
    }

    @Test
    void requestsOfOneAddress_areCountedBehindATrustedProxy_andTheTokenStaysUntouched() {
        try (TestGateway gateway =
                        TestGateway.start(
                                "--guard.trusted_proxies=127.0.0.0/8", "--guard.requests=3");
                TestNode node = TestNode.answering(gateway.url(), MODEL, TestAnswers.HELLO)) {
            assertTrue(node.key().startsWith("owlr_prov_"));
            TestBuyer buyer = new TestBuyer(gateway);
            String[] from = {"X-Forwarded-For", "6.6.6.6, 203.0.113.7"};
            HttpResponse<String> first = ask(buyer, from);
            assertEquals(401, first.statusCode());
            assertEquals("3", first.headers().firstValue("x-ratelimit-limit-requests").orElse(""));
            assertEquals(
                    "2", first.headers().firstValue("x-ratelimit-remaining-requests").orElse(""));
            assertEquals(
                    "20s", first.headers().firstValue("x-ratelimit-reset-requests").orElse(""));
            assertEquals(401, ask(buyer, from).statusCode());
            assertEquals(401, ask(buyer, from).statusCode());
            String token = buyer.token(CurrencyUnit.MSAT, 5_000, false);
            HttpResponse<String> refused =
                    buyer.complete(token, TestBuyer.request(MODEL, false), from);
            assertEquals(429, refused.statusCode());
            assertEquals(
                    "rate_limit_exceeded", Json.parse(refused.body()).at("/error/code").asText());
            long wait = Long.parseLong(refused.headers().firstValue("Retry-After").orElse("0"));
            assertTrue(wait >= 1 && wait <= 20, "Retry-After " + wait);
            assertTrue(
                    refused.headers()
                            .firstValue("Access-Control-Expose-Headers")
                            .orElse("")
                            .contains("x-ratelimit-remaining-requests"));
            // The token was not touched: another address spends it.
            assertEquals(
                    200,
                    buyer.complete(
                                    token,
                                    TestBuyer.request(MODEL, false),
                                    "X-Forwarded-For",
                                    "203.0.113.8")
                            .statusCode());
            assertEquals(200, gateway.get("/healthz").statusCode());
        }
    }

    @Test
    void aProxyThatIsNotTrusted_isNotBelieved_andHealthSaysSo() {
        try (TestGateway gateway = TestGateway.start("--guard.requests=1")) {
            TestBuyer buyer = new TestBuyer(gateway);
            for (int i = 0; i < 5; i++) {
                assertEquals(401, ask(buyer, "X-Forwarded-For", "203.0.113.7").statusCode());
            }
            assertTrue(gateway.get("/healthz").body().contains("proxy_untrusted"));
        }
    }

    @Test
    void registrations_areCountedByTheForwardedAddress() {
        try (TestGateway gateway =
                TestGateway.start(
                        "--guard.trusted_proxies=127.0.0.0/8",
                        "--guard.proxy_header=forwarded",
                        "--register.per_hour=1")) {
            TestBuyer buyer = new TestBuyer(gateway);
            assertEquals(200, register(buyer, "a", "for=203.0.113.7"));
            assertEquals(429, register(buyer, "b", "for=203.0.113.7;proto=https"));
            assertEquals(200, register(buyer, "c", "for=\"[2001:db8::1]:4711\""));
            assertEquals(429, register(buyer, "d", "for=\"[2001:db8::2]\""));
        }
    }

    private static int register(TestBuyer buyer, String node, String forwarded) {
        String body =
                """
                {"node_id": "3f0e8a52-6f3b-4f6e-9a2e-2d0f6a4d5b1%s", "gpu": "none",
                 "gpu_vendor": "cpu", "vram_total_mb": 0, "vram_free_mb": 0, "models": []}
                """
                        .formatted(node);
        return buyer.post(
                        "/v1/gateway/register",
                        Optional.empty(),
                        body,
                        "Authorization",
                        "Bearer owlr_prov_0123456789abcdef",
                        "Forwarded",
                        forwarded)
                .statusCode();
    }
}
