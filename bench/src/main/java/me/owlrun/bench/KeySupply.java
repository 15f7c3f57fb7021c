package me.owlrun.bench;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.json.Json;

import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Accounts of our gateway with money in them, opened and topped up before the clock runs.
/// Thread-safe once made.
final class KeySupply {

    private static final int OK = 200;
    private static final int TOP_UPS = 4;
    private static final long TOP_UP_SAT = 65_536;

    private final List<String> headers = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();

    private KeySupply() {}

    /// Opens accounts.
    static KeySupply open(URI gateway, URI mint, int accounts, InstantSource clock) {
        KeySupply keys = new KeySupply();
        TokenSupply tokens = TokenSupply.mint(mint, "sat", TOP_UP_SAT, accounts * TOP_UPS, clock);
        for (int i = 0; i < accounts; i++) {
            String bearer = "Authorization: Bearer " + signUp(gateway) + "\r\n";
            for (int topUp = 0; topUp < TOP_UPS; topUp++) {
                var _ = post(gateway, bearer + tokens.next(), "/v1/account/topup");
            }
            keys.headers.add(bearer);
        }
        return keys;
    }

    private static String signUp(URI gateway) {
        return post(gateway, "", "/v1/beta/signup").path("api_key").asText();
    }

    private static JsonNode post(URI gateway, String headers, String path) {
        try (HttpConnection http = new HttpConnection(gateway, headers)) {
            HttpConnection.Answer answer = http.post(path, Json.bytes(Json.object()));
            if (answer.status() != OK) {
                throw new BenchException(path + " answers HTTP " + answer.status());
            }
            return Json.parse(answer.body());
        } catch (IOException e) {
            throw new BenchException("the gateway does not answer: " + e.getMessage(), e);
        }
    }

    int count() {
        return headers.size();
    }

    /// The header of the next request, each account in its turn.
    String next() {
        return headers.get(Math.floorMod(next.getAndIncrement(), headers.size()));
    }
}
