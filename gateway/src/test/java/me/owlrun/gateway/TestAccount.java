package me.owlrun.gateway;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.json.Json;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/// An account seen by one of its keys.
///
/// @param key the bearer, or empty for none
record TestAccount(TestGateway gateway, String key) {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /// An answer.
    record Reply(int status, JsonNode body, HttpResponse<String> response) {

        /// The body of an answer that must be good.
        JsonNode ok() {
            if (status != 200) {
                throw new AssertionError("HTTP " + status + ": " + body);
            }
            return body;
        }

        /// `status code param` of an error.
        String error() {
            JsonNode error = body.path("error");
            String param = error.path("param").asText("");
            return (status + " " + error.path("code").asText() + " " + param).strip();
        }
    }

    /// Opens an account.
    static TestAccount open(TestGateway gateway) {
        JsonNode opened = new TestAccount(gateway, "").post("/v1/beta/signup", "").ok();
        return new TestAccount(gateway, opened.path("api_key").asText());
    }

    /// The same account by another key.
    TestAccount by(String otherKey) {
        return new TestAccount(gateway, otherKey);
    }

    Reply get(String path) {
        return send("GET", path, "");
    }

    Reply post(String path, String body, String... headers) {
        return send("POST", path, body, headers);
    }

    Reply send(String method, String path, String body, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(gateway.url() + path))
                        .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.setHeader("Content-Type", "application/json");
        }
        if (!key.isEmpty()) {
            request.setHeader("Authorization", "Bearer " + key);
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        try {
            HttpResponse<String> response =
                    HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Reply(response.statusCode(), Json.parse(response.body()), response);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// What is in the pot `sats`.
    long balanceMsat() {
        return get("/v1/account").ok().at("/sats/balance_msats").asLong();
    }

    /// What all pages of the history add up to.
    ///
    /// @param pageSize events on a page
    long historySumMsat(int pageSize) {
        long sum = 0;
        String path = "/v1/account/history?limit=" + pageSize;
        String next = path;
        while (!next.isEmpty()) {
            JsonNode page = get(next).ok();
            for (JsonNode event : page.path("data")) {
                sum += event.path("amount_msats").asLong();
            }
            next =
                    page.path("has_more").asBoolean()
                            ? path + "&before=" + page.path("next_before").asText()
                            : "";
        }
        return sum;
    }

    /// Pays in by Lightning and waits until it is there.
    JsonNode topUp(long sats) {
        JsonNode begun =
                post("/v1/account/topup", "{\"method\":\"lightning\",\"amount_sats\":" + sats + "}")
                        .ok();
        return await(begun.path("id").asText(), "credited");
    }

    /// Waits until a top-up is in a state.
    JsonNode await(String topup, String state) {
        String path = "/v1/account/topup/" + topup;
        Waiting.until(
                topup + " " + state, () -> get(path).body().path("state").asText().equals(state));
        return get(path).body();
    }
}
