package me.owlrun.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads the fields of a JSON object one after the other and remembers the first that is wrong.
/// Absent and null are the same; fields nobody asks for are ignored.
public final class Fields {

    private final ObjectNode body;
    private Optional<ApiError> error = Optional.empty();

    /// @param body the object
    public Fields(ObjectNode body) {
        this.body = body;
    }

    /// The first thing that is wrong, if anything is; ask this last.
    public Optional<ApiError> error() {
        return error;
    }

    /// Whether the field is there, even as null.
    public boolean has(String name) {
        return body.has(name);
    }

    /// A text of a form; empty when it is absent or wrong.
    ///
    /// @param allowed the form in words
    public Optional<String> text(String name, Pattern form, String allowed) {
        JsonNode value = body.path(name);
        if (isAbsent(value)) {
            return Optional.empty();
        }
        if (!value.isTextual() || !form.matcher(value.textValue()).matches()) {
            wrong(name, allowed);
            return Optional.empty();
        }
        return Optional.of(value.textValue());
    }

    /// One of some words; empty when it is absent or wrong.
    public Optional<String> word(String name, Set<String> words) {
        JsonNode value = body.path(name);
        if (isAbsent(value)) {
            return Optional.empty();
        }
        if (!value.isTextual() || !words.contains(value.textValue())) {
            wrong(name, "one of " + String.join(", ", words.stream().sorted().toList()));
            return Optional.empty();
        }
        return Optional.of(value.textValue());
    }

    /// A whole number; empty when it is absent or wrong.
    public OptionalLong number(String name, long min, long max) {
        JsonNode value = body.path(name);
        if (isAbsent(value)) {
            return OptionalLong.empty();
        }
        if (!value.isIntegralNumber()
                || !value.canConvertToLong()
                || value.longValue() < min
                || value.longValue() > max) {
            wrong(name, "a whole number from " + min + " to " + max);
            return OptionalLong.empty();
        }
        return OptionalLong.of(value.longValue());
    }

    /// True or false; empty when it is absent or wrong.
    public Optional<Boolean> flag(String name) {
        JsonNode value = body.path(name);
        if (isAbsent(value)) {
            return Optional.empty();
        }
        if (!value.isBoolean()) {
            wrong(name, "true or false");
            return Optional.empty();
        }
        return Optional.of(value.booleanValue());
    }

    /// Notes that a field is wrong.
    ///
    /// @param allowed what it must be
    public void wrong(String name, String allowed) {
        if (error.isEmpty()) {
            error = Optional.of(wrongField(name, allowed));
        }
    }

    /// The error of a field.
    ///
    /// @param allowed what it must be
    public static ApiError wrongField(String name, String allowed) {
        return ApiError.of(
                ErrorCode.INVALID_REQUEST, "'" + name + "' must be " + allowed + ".", name);
    }

    private static boolean isAbsent(JsonNode value) {
        return value.isMissingNode() || value.isNull();
    }
}
