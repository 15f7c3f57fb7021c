package me.owlrun.cashu;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.json.Json;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.SortedMap;
import java.util.TreeMap;

/// The published test vectors of the NUTs, transcribed to `vectors/nutNN.json`.
final class Vectors {

    private Vectors() {}

    static JsonNode read(String name) {
        try (InputStream in = Vectors.class.getResourceAsStream("/vectors/" + name)) {
            if (in == null) {
                throw new AssertionError("no vectors " + name);
            }
            return Json.parse(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Point point(JsonNode node, String field) {
        return Point.fromHex(node.path(field).textValue());
    }

    static Scalar scalar(JsonNode node, String field) {
        return Scalar.fromHex(node.path(field).textValue());
    }

    static SortedMap<BigInteger, Point> keys(JsonNode node) {
        SortedMap<BigInteger, Point> keys = new TreeMap<>();
        node.properties()
                .forEach(entry ->
                        keys.put(
                                new BigInteger(entry.getKey()),
                                Point.fromHex(entry.getValue().textValue())));
        return keys;
    }
}
