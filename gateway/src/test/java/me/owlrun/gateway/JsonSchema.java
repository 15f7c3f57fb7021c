package me.owlrun.gateway;

import com.fasterxml.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;

/// Checks values against the part of JSON Schema that openapi.json uses; a word it does not know
/// fails, so that no rule goes unchecked.
final class JsonSchema {

    private final JsonNode document;

    /// @param document where references point into
    JsonSchema(JsonNode document) {
        this.document = document;
    }

    /// What is wrong with a value; empty when it fits.
    List<String> problems(JsonNode schema, JsonNode value) {
        List<String> problems = new ArrayList<>();
        check(schema, value, "$", problems);
        return problems;
    }

    /// Follows a reference within the document, if it is one.
    JsonNode resolve(JsonNode node) {
        JsonNode at = node;
        while (at.has("$ref")) {
            at = document.at(at.path("$ref").asText().substring(1));
            if (at.isMissingNode()) {
                throw new AssertionError("a reference leads nowhere: " + node);
            }
        }
        return at;
    }

    private void check(JsonNode given, JsonNode value, String place, List<String> problems) {
        JsonNode schema = resolve(given);
        schema.properties()
                .forEach(rule -> {
                    if (!fits(rule.getKey(), rule.getValue(), schema, value, place, problems)) {
                        problems.add(place + ": " + rule.getKey() + " " + rule.getValue());
                    }
                });
    }

    private boolean fits(
            String word,
            JsonNode rule,
            JsonNode schema,
            JsonNode value,
            String place,
            List<String> problems) {
        return switch (word) {
            case "type" -> isOfType(rule, value);
            case "const" -> rule.equals(value);
            case "enum" -> contains(rule, value);
            case "required" -> !value.isObject() || hasAll(rule, value);
            case "properties" -> {
                rule.properties()
                        .forEach(field -> {
                            if (value.has(field.getKey())) {
                                String inner = place + "." + field.getKey();
                                check(
                                        field.getValue(),
                                        value.path(field.getKey()),
                                        inner,
                                        problems);
                            }
                        });
                yield true;
            }
            case "additionalProperties" -> {
                if (rule.isBoolean()) {
                    yield rule.asBoolean() || onlyKnown(schema.path("properties"), value);
                }
                value.properties().stream()
                        .filter(field -> !schema.path("properties").has(field.getKey()))
                        .forEach(field ->
                                check(
                                        rule,
                                        field.getValue(),
                                        place + "." + field.getKey(),
                                        problems));
                yield true;
            }
            case "items" -> {
                for (int index = 0; value.isArray() && index < value.size(); index++) {
                    check(rule, value.path(index), place + "[" + index + "]", problems);
                }
                yield true;
            }
            case "anyOf" -> anyFits(rule, value);
            case "minItems" -> !value.isArray() || value.size() >= rule.asInt();
            case "maxItems" -> !value.isArray() || value.size() <= rule.asInt();
            case "minimum" -> !value.isNumber() || value.asLong() >= rule.asLong();
            case "maxLength" -> !value.isTextual() || value.asText().length() <= rule.asInt();
            case "description", "format" -> true;
            default -> throw new AssertionError("unknown word of JSON Schema: " + word);
        };
    }

    private boolean anyFits(JsonNode schemas, JsonNode value) {
        for (JsonNode schema : schemas) {
            if (problems(schema, value).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private static boolean contains(JsonNode list, JsonNode value) {
        for (JsonNode entry : list) {
            if (entry.equals(value)) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasAll(JsonNode names, JsonNode value) {
        for (JsonNode name : names) {
            if (!value.has(name.asText())) {
                return false;
            }
        }
        return true;
    }

    private static boolean onlyKnown(JsonNode known, JsonNode value) {
        return value.properties().stream().allMatch(field -> known.has(field.getKey()));
    }

    private static boolean isOfType(JsonNode types, JsonNode value) {
        if (types.isTextual()) {
            return isOfType(types.asText(), value);
        }
        for (JsonNode type : types) {
            if (isOfType(type.asText(), value)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOfType(String type, JsonNode value) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            case "null" -> value.isNull();
            default -> throw new AssertionError("unknown type: " + type);
        };
    }
}
