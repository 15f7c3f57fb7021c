package me.owlrun.mint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.Json;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/// Changes a right request body by lot: its tree, its numbers and points, or its text.
final class JsonMutator {

    private static final int COPIES = 1001;
    private static final int NESTING_MAX = 20_000;

    private static final List<String> VALUES =
            List.of(
                    "null",
                    "true",
                    "0",
                    "-1",
                    "1",
                    "1.5",
                    "1.0",
                    "\"1\"",
                    "1e400",
                    "1e2",
                    "-0",
                    "4294967296",
                    "9223372036854775807",
                    "9223372036854775808",
                    "18446744073709551616",
                    "\"\"",
                    "\"x\"",
                    "\"\\u0000\"",
                    "\"\\ud800\"",
                    "\"\\ud83e\\udd89\"",
                    "[]",
                    "{}",
                    "[[]]",
                    "[null]",
                    "{\"a\":1}",
                    "\"00\"",
                    "\"sat\"",
                    "\"msat\"",
                    "\"SAT\"",
                    "\"usd\"",
                    // a point of the curve; no point: x beyond the field, x without y, infinity
                    "\"02a9acc1e48c25eeeb9289b5031cc57da9fe72f3fe2861d264bdc074209b107ba2\"",
                    "\"02ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\"",
                    "\"020000000000000000000000000000000000000000000000000000000000000005\"",
                    "\"000000000000000000000000000000000000000000000000000000000000000000\"",
                    "\"04a9acc1e48c25eeeb9289b5031cc57da9fe72f3fe2861d264bdc074209b107ba2\"",
                    "\"[\\\"P2PK\\\",{\\\"nonce\\\":\\\"00\\\",\\\"data\\\":\\\"02\\\"}]\"",
                    "\"019e6d5a-2347-7000-80fe-07ae8fa79774\"");

    private final RandomGenerator random;

    /// @param random decides everything
    JsonMutator(RandomGenerator random) {
        this.random = random;
    }

    /// A changed form of a body.
    byte[] mutate(ObjectNode valid) {
        ObjectNode body = valid.deepCopy();
        for (int edits = random.nextInt(3); edits >= 0; edits--) {
            mutateNode(body);
        }
        return mutateText(Json.text(body));
    }

    private byte[] mutateText(String text) {
        int at = random.nextInt(text.length() + 1);
        return switch (random.nextInt(40)) {
            case 0 -> utf8(text.substring(0, at));
            case 1 -> utf8(text + text);
            case 2 -> utf8("[".repeat(random.nextInt(NESTING_MAX)) + text);
            case 3 -> utf8("{\"a\":".repeat(random.nextInt(NESTING_MAX)) + text);
            case 4 -> utf8(text.substring(0, text.length() - 1) + "," + text.substring(1));
            case 5 -> utf8("\ufeff" + text);
            case 6 -> utf8(text.replace(':', '='));
            case 7 -> utf8(text.replaceFirst("\\d", "9".repeat(random.nextInt(200))));
            case 8 -> text.getBytes(StandardCharsets.UTF_16);
            case 9 -> brokenUtf8(text);
            case 10 ->
                    utf8(
                            text.substring(0, at)
                                    + (char) random.nextInt(1, 128)
                                    + text.substring(at));
            default -> utf8(text);
        };
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private byte[] brokenUtf8(String text) {
        byte[] bytes = utf8(text);
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(128, 256);
        return bytes;
    }

    /// Changes one place somewhere below a node.
    private void mutateNode(JsonNode node) {
        if (node instanceof ObjectNode object && !object.isEmpty()) {
            mutateObject(object);
        } else if (node instanceof ArrayNode array && !array.isEmpty()) {
            mutateArray(array);
        }
    }

    private void mutateObject(ObjectNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        String name = names.get(random.nextInt(names.size()));
        JsonNode child = object.path(name);
        if (child.isContainerNode() && random.nextInt(4) > 0) {
            mutateNode(child);
            return;
        }
        switch (random.nextInt(8)) {
            case 0, 1 -> object.remove(name);
            case 2 -> {
                object.remove(name);
                object.set(name.toUpperCase(Locale.ROOT), child);
            }
            case 3 -> object.set("more" + random.nextInt(3), value(child));
            default -> object.set(name, value(child));
        }
    }

    private void mutateArray(ArrayNode array) {
        int at = random.nextInt(array.size());
        switch (random.nextInt(5)) {
            case 0 -> array.remove(at);
            case 1 -> array.add(array.path(at).deepCopy());
            case 2 -> array.set(at, value(array.path(at)));
            case 3 -> mutateNode(array.path(at));
            default -> {
                JsonNode copied = array.path(at);
                for (int i = random.nextInt(8) == 0 ? 0 : COPIES; i < COPIES; i++) {
                    array.add(copied);
                }
            }
        }
    }

    private JsonNode value(JsonNode before) {
        if (before.isTextual() && !before.textValue().isEmpty() && random.nextBoolean()) {
            return Json.array().textNode(text(before.textValue()));
        }
        if (before.isIntegralNumber() && random.nextBoolean()) {
            return Json.array().numberNode(before.longValue() + random.nextInt(5) - 2);
        }
        return Json.parse(VALUES.get(random.nextInt(VALUES.size())));
    }

    private String text(String before) {
        StringBuilder text = new StringBuilder(before);
        int at = random.nextInt(text.length());
        switch (random.nextInt(6)) {
            case 0 -> text.deleteCharAt(at);
            case 1 -> text.append(text);
            case 2 -> text.replace(0, text.length(), before.toUpperCase(Locale.ROOT));
            case 3 -> text.append("x".repeat(random.nextInt(2000)));
            default -> text.setCharAt(at, (char) (32 + random.nextInt(300)));
        }
        return text.toString();
    }
}
