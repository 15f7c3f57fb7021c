package me.owlrun.mint.lightning.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;

import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;

import java.util.OptionalLong;
import java.util.regex.Pattern;

/// What a node answered. Numbers come as JSON numbers, as strings, or as strings that end in
/// `msat`.
///
/// @param status the HTTP status
/// @param body the text that came with it
public record NodeAnswer(int status, String body) {

    private static final int REASON_CHARS_MAX = 200;
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,19}(msat)?");
    private static final Pattern LONG_WORD = Pattern.compile("[0-9A-Za-z+/=_-]{33,}");

    /// Whether the node did as asked.
    public boolean ok() {
        return status / 100 == 2;
    }

    /// The body as JSON; a missing node when it is none.
    public JsonNode json() {
        return json(body);
    }

    /// A text as JSON; a missing node when it is none.
    public static JsonNode json(String text) {
        try {
            return Json.parse(text);
        } catch (InvalidJsonException _) {
            return MissingNode.getInstance();
        }
    }

    /// The body as text, for an operator: short and without anything that could be a secret.
    public String reason() {
        return reason(body);
    }

    /// A node's words, for an operator: short and without anything that could be a secret.
    public static String reason(String words) {
        String plain = words.replaceAll("[^ -~]+", " ");
        String clean = LONG_WORD.matcher(plain).replaceAll("...");
        return clean.length() <= REASON_CHARS_MAX ? clean : clean.substring(0, REASON_CHARS_MAX);
    }

    /// A whole number from zero.
    public static OptionalLong number(JsonNode value) {
        String text = value.isIntegralNumber() ? value.asText() : value.asText("");
        if (!NUMBER.matcher(text).matches()) {
            return OptionalLong.empty();
        }
        String digits = text.endsWith("msat") ? text.substring(0, text.length() - 4) : text;
        try {
            return OptionalLong.of(Long.parseLong(digits));
        } catch (NumberFormatException _) {
            return OptionalLong.empty(); // above what a long holds
        }
    }
}
