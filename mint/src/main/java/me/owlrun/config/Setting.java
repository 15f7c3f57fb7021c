package me.owlrun.config;

import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/// One setting: its name, meaning, unit, bounds and default, as shown in the table of its module.
///
/// @param name dotted name, as in a file or behind `--`
/// @param meaning one phrase that says what it does
/// @param unit what the value is counted in; empty when it is a text
/// @param bounds the values allowed, in words
/// @param defaultText the default as text; empty means none
/// @param parse makes the value; throws `IllegalArgumentException` when it is out of bounds
/// @param <T> the value's type
public record Setting<T>(
        String name,
        String meaning,
        String unit,
        String bounds,
        String defaultText,
        Function<String, T> parse) {

    /// A whole number.
    ///
    /// @param min the smallest value
    /// @param max the largest value
    public static Setting<Long> number(
            String name, String meaning, String unit, long min, long max, long defaultValue) {
        return new Setting<>(
                name,
                meaning,
                unit,
                min + " to " + max,
                Long.toString(defaultValue),
                text -> {
                    long value = Long.parseLong(text.strip());
                    require(value >= min && value <= max);
                    return value;
                });
    }

    /// A time span in whole seconds.
    public static Setting<Duration> seconds(
            String name, String meaning, long min, long max, long defaultValue) {
        Setting<Long> number = number(name, meaning, "s", min, max, defaultValue);
        return new Setting<>(
                name,
                meaning,
                "s",
                number.bounds,
                number.defaultText,
                text -> Duration.ofSeconds(number.parse.apply(text)));
    }

    /// A time span in whole milliseconds.
    public static Setting<Duration> milliseconds(
            String name, String meaning, long min, long max, long defaultValue) {
        Setting<Long> number = number(name, meaning, "ms", min, max, defaultValue);
        return new Setting<>(
                name,
                meaning,
                "ms",
                number.bounds,
                number.defaultText,
                text -> Duration.ofMillis(number.parse.apply(text)));
    }

    /// Yes or no.
    public static Setting<Boolean> flag(String name, String meaning, boolean defaultValue) {
        return new Setting<>(
                name,
                meaning,
                "",
                "true or false",
                Boolean.toString(defaultValue),
                text -> {
                    require(text.equals("true") || text.equals("false"));
                    return text.equals("true");
                });
    }

    /// A text that may be empty.
    public static Setting<String> text(String name, String meaning, String defaultValue) {
        return new Setting<>(name, meaning, "", "any text", defaultValue, Function.identity());
    }

    /// One of the constants of an enum, in lower case.
    public static <E extends Enum<E>> Setting<E> choice(
            String name, String meaning, Class<E> type, E defaultValue) {
        String bounds =
                String.join(
                        ", ",
                        Arrays.stream(type.getEnumConstants())
                                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                                .toList());
        return new Setting<>(
                name,
                meaning,
                "",
                bounds,
                defaultValue.name().toLowerCase(Locale.ROOT),
                text -> Enum.valueOf(type, text.strip().toUpperCase(Locale.ROOT)));
    }

    /// An absolute http or https address, without a slash at its end.
    public static Setting<URI> url(String name, String meaning, String defaultValue) {
        return new Setting<>(
                name,
                meaning,
                "",
                "an http or https address",
                defaultValue,
                text -> {
                    String stripped = text.strip();
                    URI uri =
                            URI.create(
                                    stripped.endsWith("/")
                                            ? stripped.substring(0, stripped.length() - 1)
                                            : stripped);
                    require("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
                    require(uri.getHost() != null);
                    return uri;
                });
    }

    /// A file or folder; empty means none.
    public static Setting<Optional<Path>> path(String name, String meaning) {
        return new Setting<>(
                name,
                meaning,
                "",
                "a path, or empty",
                "",
                text -> {
                    try {
                        return text.isBlank() ? Optional.empty() : Optional.of(Path.of(text));
                    } catch (InvalidPathException e) {
                        throw new IllegalArgumentException("not a path", e);
                    }
                });
    }

    /// A secret text; empty means none.
    public static Setting<Optional<Secret>> secret(String name, String meaning) {
        return new Setting<>(
                name,
                meaning,
                "",
                "a secret text, or empty",
                "",
                text -> text.isBlank() ? Optional.empty() : Optional.of(new Secret(text.strip())));
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new IllegalArgumentException("out of bounds");
        }
    }

    String problem() {
        return "Setting '%s' must be %s%s (%s); give it as --%s=VALUE."
                .formatted(name, bounds, unit.isEmpty() ? "" : " " + unit, meaning, name);
    }

    String markdownRow() {
        return "| `%s` | %s | %s | %s | %s |"
                .formatted(
                        name,
                        meaning,
                        unit,
                        bounds,
                        defaultText.isEmpty() ? "" : "`" + defaultText + "`");
    }
}
