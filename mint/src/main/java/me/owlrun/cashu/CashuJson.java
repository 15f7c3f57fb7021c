package me.owlrun.cashu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.Json;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The JSON forms of the protocol's values (NUT-00, NUT-12). Readers are strict about what they use
/// and ignore fields they do not know.
public final class CashuJson {

    private static final int SCALAR_HEX_CHARS = 2 * Scalar.BYTES;

    private CashuJson() {}

    /// Reads one proof.
    ///
    /// @throws CashuFormatException when it is not one
    public static Proof proof(JsonNode node) {
        return new Proof(
                amount(node, "amount"),
                keysetId(node, "id"),
                text(node, "secret"),
                point(node, "C"),
                optionalText(node, "witness"),
                Optional.ofNullable(node.get("dleq"))
                        .filter(dleq -> !dleq.isNull())
                        .map(CashuJson::dleq));
    }

    /// The form of one proof.
    public static ObjectNode toJson(Proof proof) {
        ObjectNode node = Json.object();
        node.put("amount", proof.amount());
        node.put("id", proof.keysetId().value());
        node.put("secret", proof.secret());
        node.put("C", proof.c().toHex());
        proof.witness().ifPresent(witness -> node.put("witness", witness));
        proof.dleq().ifPresent(dleq -> node.set("dleq", toJson(dleq)));
        return node;
    }

    /// Reads one blinded message.
    ///
    /// @throws CashuFormatException when it is not one
    public static BlindedMessage blindedMessage(JsonNode node) {
        return new BlindedMessage(amount(node, "amount"), keysetId(node, "id"), point(node, "B_"));
    }

    /// The form of one blinded message.
    public static ObjectNode toJson(BlindedMessage message) {
        ObjectNode node = Json.object();
        node.put("amount", message.amount());
        node.put("id", message.keysetId().value());
        node.put("B_", message.b().toHex());
        return node;
    }

    /// Reads one blind signature.
    ///
    /// @throws CashuFormatException when it is not one
    public static BlindSignature blindSignature(JsonNode node) {
        return new BlindSignature(
                amount(node, "amount"),
                keysetId(node, "id"),
                point(node, "C_"),
                Optional.ofNullable(node.get("dleq"))
                        .filter(dleq -> !dleq.isNull())
                        .map(CashuJson::dleq));
    }

    /// The form of one blind signature.
    public static ObjectNode toJson(BlindSignature signature) {
        ObjectNode node = Json.object();
        node.put("amount", signature.amount());
        node.put("id", signature.keysetId().value());
        node.put("C_", signature.c().toHex());
        signature.dleq().ifPresent(dleq -> node.set("dleq", toJson(dleq)));
        return node;
    }

    /// Reads a list, element by element.
    ///
    /// @param field the name of the list in its object
    /// @param countMax the most elements allowed
    /// @throws CashuFormatException when it is missing, not a list, too long or an element is wrong
    public static <T> List<T> list(
            JsonNode object, String field, int countMax, Function<JsonNode, T> element) {
        JsonNode node = object.get(field);
        if (node == null || !node.isArray()) {
            throw new CashuFormatException("'" + field + "' must be a list");
        }
        if (node.size() > countMax) {
            throw new CashuFormatException("'" + field + "' has more than " + countMax + " items");
        }
        List<T> list = new ArrayList<>(node.size());
        node.forEach(item -> list.add(element.apply(item)));
        return list;
    }

    /// The form of a list.
    public static <T> ArrayNode toJson(List<T> list, Function<T, ? extends JsonNode> element) {
        ArrayNode array = Json.array();
        list.forEach(item -> array.add(element.apply(item)));
        return array;
    }

    /// Reads a whole number from 0 to 2^63 less 1.
    ///
    /// @throws CashuFormatException when it is anything else
    public static long amount(JsonNode node, String field) {
        JsonNode value = node.get(field);
        if (value == null || !value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new CashuFormatException("'" + field + "' must be a whole number below 2^63");
        }
        if (value.longValue() < 0) {
            throw new CashuFormatException("'" + field + "' must not be negative");
        }
        return value.longValue();
    }

    /// Reads a text that must be there.
    ///
    /// @throws CashuFormatException when it is missing or not a text
    public static String text(JsonNode node, String field) {
        return optionalText(node, field)
                .orElseThrow(() -> new CashuFormatException("'" + field + "' must be a text"));
    }

    /// Reads a text that may be missing or null.
    ///
    /// @throws CashuFormatException when it is something else
    public static Optional<String> optionalText(JsonNode node, String field) {
        JsonNode value = node.get(field);
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual()) {
            throw new CashuFormatException("'" + field + "' must be a text");
        }
        return Optional.of(value.textValue());
    }

    private static KeysetId keysetId(JsonNode node, String field) {
        return new KeysetId(text(node, field));
    }

    private static Point point(JsonNode node, String field) {
        return Point.fromHex(text(node, field));
    }

    private static Dleq dleq(JsonNode node) {
        return new Dleq(
                number(node, "e"), number(node, "s"), optionalText(node, "r").map(Scalar::fromHex));
    }

    private static ObjectNode toJson(Dleq dleq) {
        ObjectNode node = Json.object();
        node.put("e", HexFormat.of().formatHex(Scalar.bytes(dleq.e())));
        node.put("s", HexFormat.of().formatHex(Scalar.bytes(dleq.s())));
        dleq.r().ifPresent(r -> node.put("r", r.toHex()));
        return node;
    }

    private static BigInteger number(JsonNode node, String field) {
        String hex = text(node, field);
        if (hex.length() != SCALAR_HEX_CHARS || !hex.chars().allMatch(c -> isHex((char) c))) {
            throw new CashuFormatException("'" + field + "' must have 64 hexadecimal digits");
        }
        return new BigInteger(hex, 16);
    }

    private static boolean isHex(char c) {
        return Character.digit(c, 16) >= 0 && c < 128;
    }
}
