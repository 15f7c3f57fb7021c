package me.owlrun.mint.ldk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;

import me.owlrun.bolt11.PaymentHash;
import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;

import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What a client sent: fields of the body, or of the query where there is no body. Numbers may be
/// strings, as in all JSON of protocol buffers, and a field LND does not have is refused.
///
/// @param rest the path behind the part that named the call
/// @param fields an object, empty when nothing was sent
record LndRequest(String rest, ObjectNode fields) {

    static LndRequest read(HttpExchange exchange, String path, Set<String> known)
            throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        ObjectNode fields =
                body.length > 0
                        ? parse(body)
                        : query(Optional.ofNullable(exchange.getRequestURI().getQuery()));
        for (Iterator<String> names = fields.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!known.contains(name)) {
                throw LndError.invalid("proto: (line 1:2): unknown field \"" + name + "\"");
            }
        }
        String whole = exchange.getRequestURI().getPath();
        return new LndRequest(whole.substring(Math.min(path.length(), whole.length())), fields);
    }

    private static ObjectNode parse(byte[] body) {
        try {
            return Json.parseObject(body);
        } catch (InvalidJsonException e) {
            throw LndError.invalid("proto: syntax error (line 1:1): " + e.getMessage());
        }
    }

    private static ObjectNode query(Optional<String> query) {
        Map<String, String> pairs =
                Arrays.stream(query.orElse("").split("&"))
                        .filter(pair -> pair.contains("="))
                        .map(pair -> pair.split("=", 2))
                        .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
        ObjectNode fields = Json.object();
        pairs.forEach(fields::put);
        return fields;
    }

    String text(String name) {
        return fields.path(name).asText("");
    }

    boolean flag(String name) {
        return fields.path(name).asBoolean(false);
    }

    long number(String name) {
        JsonNode field = fields.path(name);
        if (field.isMissingNode() || field.asText().isEmpty()) {
            return 0;
        }
        try {
            return Long.parseLong(field.asText());
        } catch (NumberFormatException e) {
            throw LndError.invalid("proto: (line 1:2): invalid value for field " + name);
        }
    }

    byte[] bytes(String name) {
        try {
            return Base64.getDecoder().decode(text(name));
        } catch (IllegalArgumentException e) {
            throw LndError.invalid("proto: (line 1:2): invalid value for field " + name);
        }
    }

    /// The hash at the end of the path, in hexadecimal digits.
    PaymentHash hexHash() {
        try {
            return new PaymentHash(rest);
        } catch (IllegalArgumentException e) {
            throw LndError.unknown("unable to parse the payment hash");
        }
    }

    /// The hash at the end of the path, in base64 as LND has it in addresses.
    PaymentHash base64Hash() {
        try {
            return PaymentHash.of(Base64.getUrlDecoder().decode(rest));
        } catch (IllegalArgumentException e) {
            throw LndError.invalid("type mismatch, parameter: payment_hash");
        }
    }
}
