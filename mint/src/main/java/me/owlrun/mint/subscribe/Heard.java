package me.owlrun.mint.subscribe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/// A request of a wallet, read from JSON-RPC.
sealed interface Heard {

    /// Filters of one subscription.
    int FILTERS_MAX = 1_000;

    /// Characters of a subscription's identifier.
    int SUB_ID_CHARS_MAX = 256;

    /// JSON-RPC: not JSON.
    int PARSE_ERROR = -32_700;

    /// JSON-RPC: not a request.
    int INVALID_REQUEST = -32_600;

    /// JSON-RPC: no such method.
    int METHOD_UNKNOWN = -32_601;

    /// JSON-RPC: wrong parameters.
    int INVALID_PARAMS = -32_602;

    /// The mint's own: a limit.
    int LIMIT = -32_000;

    /// Begin to tell.
    ///
    /// @param id names the request
    /// @param subId names the subscription
    record Subscribe(JsonNode id, Kind kind, String subId, Set<String> filters) implements Heard {}

    /// Tell no more.
    ///
    /// @param id names the request
    /// @param subId names the subscription
    record Unsubscribe(JsonNode id, String subId) implements Heard {}

    /// Nothing that can be served.
    ///
    /// @param id names the request; null when it could not be read
    /// @param code of JSON-RPC
    /// @param message for a person
    record Wrong(JsonNode id, int code, String message) implements Heard {}

    /// Reads a message.
    static Heard read(String text) {
        JsonNode message;
        try {
            message = Json.parse(text);
        } catch (InvalidJsonException e) {
            return new Wrong(NullNode.getInstance(), PARSE_ERROR, "The message is not JSON.");
        }
        JsonNode given = message.path("id");
        JsonNode id = given.isNumber() || given.isTextual() ? given : NullNode.getInstance();
        boolean request = message.path("jsonrpc").asText().equals("2.0") && !id.isNull();
        if (!request || !message.path("method").isTextual()) {
            return new Wrong(
                    id, INVALID_REQUEST, "A request has 'jsonrpc' \"2.0\", 'id' and 'method'.");
        }
        String method = message.path("method").textValue();
        if (!method.equals("subscribe") && !method.equals("unsubscribe")) {
            return new Wrong(id, METHOD_UNKNOWN, "There are 'subscribe' and 'unsubscribe'.");
        }
        if (!(message.get("params") instanceof ObjectNode params)) {
            return new Wrong(id, INVALID_PARAMS, "'params' must be an object.");
        }
        String subId = params.path("subId").asText();
        if (!params.path("subId").isTextual()
                || subId.isEmpty()
                || subId.length() > SUB_ID_CHARS_MAX) {
            return new Wrong(id, INVALID_PARAMS, "'subId' must be a text of 1 to 256 characters.");
        }
        return method.equals("subscribe")
                ? subscribe(id, subId, params)
                : new Unsubscribe(id, subId);
    }

    private static Heard subscribe(JsonNode id, String subId, ObjectNode params) {
        Optional<Kind> kind = Kind.of(params.path("kind").asText());
        if (kind.isEmpty()) {
            return new Wrong(id, INVALID_PARAMS, "There is no such 'kind'; see /v1/info.");
        }
        JsonNode list = params.path("filters");
        if (!list.isArray() || list.isEmpty() || list.size() > FILTERS_MAX) {
            return new Wrong(id, INVALID_PARAMS, "'filters' must hold 1 to 1000 texts.");
        }
        Set<String> filters = new LinkedHashSet<>();
        for (JsonNode given : list) {
            Optional<String> filter =
                    given.isTextual() ? kind.get().filter(given.textValue()) : Optional.empty();
            if (filter.isEmpty()) {
                return new Wrong(
                        id, INVALID_PARAMS, "A filter is a quote identifier, or a Y in hex.");
            }
            filters.add(filter.get());
        }
        return new Subscribe(id, kind.get(), subId, filters);
    }
}
