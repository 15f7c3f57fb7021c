package me.owlrun.mint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.config.ConfigException;
import me.owlrun.json.Json;
import me.owlrun.mint.testing.TestClock;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.mint.testing.TestWallet;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;

/// Limits per address, and what proxies may say.
final class GuardTest {

    private static final String FORWARDED_FOR = "X-Forwarded-For";
    private static final String BEHIND_PROXY = "--guard.trusted_proxies=127.0.0.0/8, 10.0.0.0/8";

    private final TestMint place = TestMint.fresh();
    private final TestClock clock = new TestClock(Instant.parse("2026-11-21T12:00:00Z"));
    private final HttpClient http = HttpClient.newHttpClient();

    private HttpResponse<String> ask(Mint mint, String header, String value)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(mint.url() + "/v1/keysets"))
                        .header(header, value)
                        .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private int status(Mint mint, String forwardedFor) throws IOException, InterruptedException {
        return ask(mint, FORWARDED_FOR, forwardedFor).statusCode();
    }

    @Test
    void tooMany_ofOneAddress_areRefusedUntilLater() throws Exception {
        try (Mint mint = place.start(clock, BEHIND_PROXY, "--guard.others=3")) {
            for (int i = 0; i < 3; i++) {
                assertEquals(200, status(mint, "203.0.113.1"));
            }
            HttpResponse<String> refused = ask(mint, FORWARDED_FOR, "203.0.113.1");
            assertEquals(429, refused.statusCode());
            assertEquals("20", refused.headers().firstValue("Retry-After").orElseThrow());
            assertEquals(
                    "*", refused.headers().firstValue("Access-Control-Allow-Origin").orElseThrow());
            JsonNode body = Json.parse(refused.body());
            assertEquals(50000, body.path("code").intValue());
            assertEquals(2, body.size());
            assertEquals(200, status(mint, "203.0.113.2"));
            clock.advance(Duration.ofSeconds(20));
            assertEquals(200, status(mint, "203.0.113.1"));
            assertEquals(429, status(mint, "203.0.113.1"));
        }
    }

    @Test
    void rightmostHopThatIsNotTrusted_isTheClient() throws Exception {
        try (Mint mint = place.start(clock, BEHIND_PROXY, "--guard.others=1")) {
            assertEquals(200, status(mint, "198.51.100.1, 203.0.113.1, 10.1.2.3"));
            assertEquals(429, status(mint, "198.51.100.2, 203.0.113.1"));
            assertEquals(429, status(mint, "nonsense, 203.0.113.1:4711"));
            assertEquals(200, status(mint, "203.0.113.9"));
        }
    }

    @Test
    void ipv6_countsByItsNetwork() throws Exception {
        try (Mint mint = place.start(clock, BEHIND_PROXY, "--guard.others=1")) {
            assertEquals(200, status(mint, "2001:db8:1:2::1"));
            assertEquals(429, status(mint, "[2001:db8:1:2:ffff::9]:4711"));
            assertEquals(200, status(mint, "2001:db8:1:3::1"));
        }
    }

    @Test
    void stranger_cannotChooseItsAddress() throws Exception {
        try (Mint mint = place.start(clock, "--guard.exempt=", "--guard.others=1")) {
            assertEquals(200, status(mint, "203.0.113.1"));
            assertEquals(429, status(mint, "203.0.113.2"));
        }
    }

    @Test
    void otherHeader_isNotRead() throws Exception {
        try (Mint mint =
                place.start(
                        clock,
                        BEHIND_PROXY,
                        "--guard.exempt=",
                        "--guard.proxy_header=forwarded",
                        "--guard.others=1")) {
            String first = "for=\"[2001:db8::1]:1\";proto=https, For=203.0.113.1";
            assertEquals(200, ask(mint, "Forwarded", first).statusCode());
            assertEquals(429, ask(mint, "Forwarded", "for=203.0.113.1").statusCode());
            assertEquals(200, ask(mint, "Forwarded", "for=203.0.113.2").statusCode());
            assertEquals(200, status(mint, "203.0.113.3")); // counts as the proxy's own
            assertEquals(429, status(mint, "203.0.113.4"));
        }
    }

    @Test
    void loopback_isExempt() throws Exception {
        try (Mint mint = place.start(clock, "--guard.others=1", "--guard.quotes=1")) {
            TestWallet wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
            for (int i = 0; i < 3; i++) {
                assertTrue(wallet.mintQuote(1).has("quote"));
            }
        }
    }

    @Test
    void unpaidQuotes_ofOneAddress_areCapped() {
        try (Mint mint =
                place.start(
                        clock,
                        "--guard.exempt=",
                        "--guard.unpaid_quotes=2",
                        "--fake.pay_delay=3600000")) {
            TestWallet wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
            assertTrue(wallet.mintQuote(1).has("quote"));
            assertTrue(wallet.mintQuote(1).has("quote"));
            var request = Json.object().put("amount", 1).put("unit", "sat");
            assertEquals(429, wallet.post("/v1/mint/quote/bolt11", request).status());
            clock.advance(Duration.ofSeconds(3601)); // the invoices expire
            assertTrue(wallet.mintQuote(1).has("quote"));
        }
    }

    @Test
    void paidQuotes_doNotCount() {
        try (Mint mint =
                place.start(
                        clock,
                        "--guard.exempt=",
                        "--guard.unpaid_quotes=2",
                        "--fake.pay_delay=0")) {
            TestWallet wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
            for (int i = 0; i < 3; i++) {
                assertTrue(wallet.mintQuote(1).has("quote"));
                clock.advance(Duration.ofSeconds(6));
            }
        }
    }

    @Test
    void lightning_isAskedAboutOneQuoteOnlySoOften() {
        String quote;
        try (Mint maker = place.start(clock, "--fake.pay_delay=5000")) {
            quote =
                    new TestWallet(maker.url(), CurrencyUnit.SAT)
                            .mintQuote(1)
                            .path("quote")
                            .textValue();
        } // and with it the event that tells of the payment
        try (Mint mint = place.start(clock, "--lightning.look_every=10")) {
            TestWallet wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
            assertEquals("UNPAID", wallet.mintQuote(quote).path("state").textValue());
            clock.advance(Duration.ofSeconds(9));
            assertEquals("UNPAID", wallet.mintQuote(quote).path("state").textValue());
            clock.advance(Duration.ofSeconds(1));
            assertEquals("PAID", wallet.mintQuote(quote).path("state").textValue());
        }
    }

    @Test
    void networks_thatAreNone_stopTheStart() {
        for (String wrong :
                new String[] {"10.0.0.0/33", "example.org", "10.0.0.0/8/8", "10.0.0.0/x"}) {
            assertThrows(
                    ConfigException.class, () -> place.start("--guard.trusted_proxies=" + wrong));
        }
    }
}
