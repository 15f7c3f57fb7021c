package me.owlrun.gateway.trust;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.Json;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How fast a model can be at most. Every token reads all active weights once, so tokens a second
/// are bounded by memory bandwidth over the bytes of the weights; the smallest quantization and a
/// factor for speculative decoding are granted, and hardware that is not known counts as the
/// fastest there is.
final class SpeedTable {

    private static final String FILE = "speed.json";
    private static final double PERCENT = 100.0;
    private static final double MILLI = 1_000.0;
    private static final double GIGA = 1e9;
    private static final double MEGA = 1e6;
    private static final double NANOS = 1e9;

    /// Experts of which two are at work.
    private static final Pattern MIXED = Pattern.compile("(?:^|[:_-])\\d{1,3}x(\\d{1,4})b");

    private static final Pattern ACTIVE = Pattern.compile("[:_-]a(\\d{1,4}(?:\\.\\d{1,3})?)b");
    private static final Pattern WHOLE =
            Pattern.compile("(?:^|[:_-])(\\d{1,5}(?:\\.\\d{1,3})?)([bm])(?:$|[^a-z0-9])");

    private static final int EXPERTS_AT_WORK = 2;
    private static final int MILLIONS_PER_BILLION = 1_000;

    private final double bytesPerParameter;
    private final double factor;
    private final long tokensMin;
    private final double fastestGigabytes;
    private final List<Gpu> gpus;

    /// A class of hardware.
    private record Gpu(String match, double gigabytes) {}

    private SpeedTable(ObjectNode json) {
        bytesPerParameter = json.path("bytes_per_parameter_milli").asLong() / MILLI;
        factor = json.path("factor_percent").asLong() / PERCENT;
        tokensMin = json.path("tokens_min").asLong();
        List<Gpu> all = new ArrayList<>();
        for (JsonNode gpu : json.path("gpus")) {
            all.add(
                    new Gpu(
                            gpu.path("match").asText().toLowerCase(Locale.ROOT),
                            gpu.path("gb_per_second").asLong()));
        }
        gpus = List.copyOf(all);
        fastestGigabytes = gpus.stream().mapToDouble(Gpu::gigabytes).max().orElseThrow();
    }

    /// The table that comes with the gateway.
    static SpeedTable standard() {
        try (InputStream file = SpeedTable.class.getResourceAsStream(FILE)) {
            return new SpeedTable(
                    Json.parseObject(Objects.requireNonNull(file, FILE).readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Millions of parameters that a token goes through; empty when the tag does not say.
    static OptionalLong activeMillions(String model) {
        String tag = model.toLowerCase(Locale.ROOT);
        Matcher active = ACTIVE.matcher(tag);
        if (active.find()) {
            return OptionalLong.of(millions(active.group(1), "b"));
        }
        Matcher mixed = MIXED.matcher(tag);
        if (mixed.find()) {
            return OptionalLong.of(EXPERTS_AT_WORK * millions(mixed.group(1), "b"));
        }
        Matcher whole = WHOLE.matcher(tag);
        return whole.find()
                ? OptionalLong.of(millions(whole.group(1), whole.group(2)))
                : OptionalLong.empty();
    }

    private static long millions(String number, String unit) {
        BigDecimal size = new BigDecimal(number);
        return unit.equals("m")
                ? size.longValue()
                : size.multiply(BigDecimal.valueOf(MILLIONS_PER_BILLION)).longValue();
    }

    /// The most tokens a second; empty when the size of the model is not known.
    ///
    /// @param gpu the hardware as the node names it
    OptionalDouble most(String model, String gpu) {
        OptionalLong millions = activeMillions(model);
        if (millions.isEmpty() || millions.getAsLong() == 0) {
            return OptionalDouble.empty();
        }
        double bytes = millions.getAsLong() * MEGA * bytesPerParameter;
        return OptionalDouble.of(factor * gigabytes(gpu) * GIGA / bytes);
    }

    private double gigabytes(String gpu) {
        String name = gpu.toLowerCase(Locale.ROOT);
        return gpus.stream()
                .filter(known -> name.contains(known.match))
                .mapToDouble(Gpu::gigabytes)
                .max()
                .orElse(fastestGigabytes);
    }

    /// Whether an answer of that many tokens can tell anything.
    boolean tells(long tokens) {
        return tokens >= tokensMin;
    }

    /// Whether an answer came faster than can be.
    ///
    /// @param time from the offer to the last token: a pause of the network only makes it longer,
    ///   so nobody who stumbles looks fast
    boolean isTooFast(String model, String gpu, long tokens, Duration time) {
        OptionalDouble most = most(model, gpu);
        if (!tells(tokens) || most.isEmpty()) {
            return false;
        }
        return tokens > most.getAsDouble() * (Math.max(1, time.toNanos()) / NANOS);
    }
}
