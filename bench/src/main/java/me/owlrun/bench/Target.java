package me.owlrun.bench;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.Point;
import me.owlrun.json.Json;

import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;

/// A mint under load and the keyset it signs a unit with, of either version.
///
/// @param url its address, without a slash at the end
/// @param keysetId as the mint writes it
/// @param keys its public keys by amount
/// @param name what it calls its software
/// @param unit `sat` or `msat`
record Target(URI url, String keysetId, Map<Long, Point> keys, String name, String unit) {

    /// Larger amounts are never used.
    private static final int DIGITS_MAX = 6;

    private static final int OK = 200;

    /// Reads keys and name of a mint.
    ///
    /// @throws BenchException when it is no mint we can load
    static Target read(URI url) {
        return read(url, "sat");
    }

    /// The same for any unit.
    static Target read(URI url, String unit) {
        try (HttpConnection http = new HttpConnection(url)) {
            JsonNode info = json(http.get("/v1/info"));
            JsonNode keyset = active(json(http.get("/v1/keysets")), unit);
            String id = keyset.path("id").asText();
            if (keyset.path("input_fee_ppk").asLong() != 0) {
                throw new BenchException(
                        "the mint takes an input fee; set it to 0, the harness swaps like for"
                                + " like");
            }
            JsonNode keys = json(http.get("/v1/keys/" + id)).path("keysets").path(0).path("keys");
            Map<Long, Point> byAmount = new HashMap<>();
            keys.properties()
                    .forEach(key -> {
                        // Some mints have keys beyond 2^63.
                        boolean small = key.getKey().length() <= DIGITS_MAX;
                        if (small) {
                            byAmount.put(
                                    Long.parseLong(key.getKey()),
                                    Point.fromHex(key.getValue().asText()));
                        }
                    });
            return new Target(url, id, Map.copyOf(byAmount), info.path("version").asText(), unit);
        } catch (IOException e) {
            throw new BenchException("no mint answers at " + url + ": " + e.getMessage(), e);
        }
    }

    private static JsonNode active(JsonNode keysets, String unit) {
        for (JsonNode keyset : keysets.path("keysets")) {
            if (keyset.path("active").asBoolean() && keyset.path("unit").asText().equals(unit)) {
                return keyset;
            }
        }
        throw new BenchException("the mint has no active keyset in " + unit);
    }

    private static JsonNode json(HttpConnection.Answer answer) {
        if (answer.status() != OK) {
            throw new BenchException("the mint answers HTTP " + answer.status());
        }
        return Json.parse(answer.body());
    }

    Point key(long amount) {
        Point key = keys.get(amount);
        if (key == null) {
            throw new BenchException("the mint has no key for " + amount);
        }
        return key;
    }
}
