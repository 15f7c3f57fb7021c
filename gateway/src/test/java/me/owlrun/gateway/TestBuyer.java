package me.owlrun.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.Amounts;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Proof;
import me.owlrun.cashu.Token;
import me.owlrun.cashu.TokenCodec;
import me.owlrun.json.Json;
import me.owlrun.mint.testing.TestWallet;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A buyer with a wallet: pays for completions, and cashes change at the mint.
final class TestBuyer {

    private final HttpClient http = HttpClient.newHttpClient();
    private final TestGateway gateway;

    TestBuyer(TestGateway gateway) {
        this.gateway = gateway;
    }

    TestWallet wallet(CurrencyUnit unit) {
        return new TestWallet(gateway.mintUrl(), unit);
    }

    /// A fresh token.
    String token(CurrencyUnit unit, long amount, boolean version4) {
        TestWallet wallet = wallet(unit);
        return wallet.token(wallet.mint(amount), version4);
    }

    /// A request for the model with one message.
    static ObjectNode request(String model, boolean stream) {
        ObjectNode body = Json.object();
        body.put("model", model);
        body.putArray("messages").addObject().put("role", "user").put("content", "Hello");
        body.put("stream", stream);
        return body;
    }

    /// Sends a completion request.
    HttpResponse<String> complete(String token, ObjectNode body, String... headers) {
        return post("/v1/chat/completions", Optional.of(token), Json.text(body), headers);
    }

    /// The status of a completion request at an address that may go away.
    static int at(String url, String token, ObjectNode body) {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url + "/v1/chat/completions"))
                        .header("Content-Type", "application/json")
                        .header("X-Cashu", token)
                        .POST(HttpRequest.BodyPublishers.ofString(Json.text(body)))
                        .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Asks for the outcome of a token's payment.
    HttpResponse<String> outcome(String token) {
        return post("/v1/cashu/change", Optional.of(token), "");
    }

    HttpResponse<String> post(String path, Optional<String> token, String body, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(gateway.url() + path))
                        .setHeader("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body));
        token.ifPresent(text -> request.setHeader("X-Cashu", text));
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Asks with a key.
    HttpResponse<String> get(String path, String key) {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(gateway.url() + path))
                        .setHeader("Authorization", "Bearer " + key)
                        .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// A browser's question before a request with headers of its own.
    HttpResponse<String> options(String path) {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(gateway.url() + path))
                        .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                        .header("Origin", "https://example.com")
                        .header("Access-Control-Request-Headers", "x-cashu, x-stainless-os")
                        .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The data of all events of a stream, `[DONE]` included.
    static List<String> events(String stream) {
        List<String> events = new ArrayList<>();
        stream.lines()
                .filter(line -> line.startsWith("data: "))
                .forEach(line -> events.add(line.substring("data: ".length())));
        return events;
    }

    /// The change event of a stream.
    static JsonNode changeEvent(String stream) {
        return events(stream).stream()
                .filter(event -> event.contains("cashu_change"))
                .map(Json::parse)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no change in " + stream));
    }

    /// What the change in a JSON object is worth at the mint, in millisats; every proof is swapped,
    /// so it is really money and really ours.
    long cash(JsonNode change) {
        return cash(change.path("token").asText("")) + cash(change.path("token_msat").asText(""));
    }

    /// What a token is worth at the mint, in millisats.
    long cash(String text) {
        if (text.isEmpty()) {
            return 0;
        }
        if (!(TokenCodec.decode(text) instanceof TokenCodec.Valid(Token token))) {
            throw new AssertionError("no token");
        }
        CurrencyUnit unit = CurrencyUnit.ofText(token.unit()).orElseThrow();
        List<Proof> fresh = wallet(unit).swap(token.proofs(), Amounts.split(token.amount()));
        return unit.toMsat(TestWallet.sum(fresh)).value();
    }
}
