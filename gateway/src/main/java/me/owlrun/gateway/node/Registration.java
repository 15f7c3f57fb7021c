package me.owlrun.gateway.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.ErrorCode;
import me.owlrun.gateway.job.Task;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// What a node says about itself when it registers (seed 000, "Registration"; spec section 4).
///
/// @param nodeId the machine's own name, stable
/// @param gpu the GPU's name
/// @param gpuVendor `nvidia`, `amd`, `apple`, `cpu` or `none`
/// @param models tags it serves
/// @param capacity jobs it runs at the same time; 1 for nodes that do not say
/// @param protocol 2 for nodes that know our additions, else 1
/// @param redeemThresholdSats the balance at which it wants to be paid, brought within bounds
/// @param contextTokens what each model can hold, by tag, for models that said so
/// @param tokensPerSecond how fast each model was measured, by tag, for models that said so
/// @param units how it reads amounts
/// @param tasks what it can do
/// @param digests of its models' files, by tag, for models that said so
record Registration(
        String nodeId,
        String gpu,
        String gpuVendor,
        int vramTotalMb,
        int vramFreeMb,
        List<String> models,
        int capacity,
        int protocol,
        String region,
        String version,
        String lightningAddress,
        long redeemThresholdSats,
        String referralCode,
        int freeTierPct,
        String wallet,
        boolean vramExact,
        String engine,
        Map<String, Integer> contextTokens,
        Map<String, Integer> tokensPerSecond,
        Units units,
        Set<Task> tasks,
        Map<String, String> digests) {

    /// Jobs that a node may run at the same time.
    static final int CAPACITY_MAX = 256;

    private static final int TEXT_CHARS_MAX = 256;
    private static final int MODELS_MAX = 200;
    private static final int VRAM_MB_MAX = 100_000_000;
    private static final int REDEEM_SATS_MAX = 1_000_000_000;
    private static final int REDEEM_SATS_DEFAULT = 500;
    private static final int REDEEM_SATS_LEAST = 100;
    private static final int REDEEM_SATS_MOST = 1_000;
    private static final int CONTEXT_TOKENS_MAX = 100_000_000;
    private static final int TOKENS_PER_SECOND_MAX = 1_000_000;
    private static final int DIGITS_MAX = 20;
    private static final int PROTOCOL_MAX = 1_000;
    private static final int PROTOCOL_OF_TASKS = 2;
    private static final int TASKS_MAX = 32;
    private static final int PERCENT_MAX = 100;

    private static final Pattern NODE_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern DIGEST = Pattern.compile("(sha256:)?[0-9A-Fa-f]{12,64}");
    private static final Pattern MODEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}");
    private static final Set<String> VENDORS = Set.of("nvidia", "amd", "apple", "cpu", "none");

    /// What reading a registration gives.
    sealed interface Reading {
        /// In order.
        record Fine(Registration registration) implements Reading {}

        /// Not in order.
        record Wrong(ApiError error) implements Reading {}
    }

    /// Reads the body of a registration; fields that are unknown are ignored.
    static Reading read(ObjectNode body) {
        try {
            return new Reading.Fine(
                    new Registration(
                            matching(body, "node_id", NODE_ID, "1 to 64 letters, digits or ._-"),
                            text(body, "gpu", true),
                            vendor(body),
                            number(body, "vram_total_mb", true, 0, 0, VRAM_MB_MAX),
                            number(body, "vram_free_mb", true, 0, 0, VRAM_MB_MAX),
                            models(body),
                            number(body, "capacity", false, 1, 1, CAPACITY_MAX),
                            number(body, "protocol", false, 1, 1, PROTOCOL_MAX),
                            text(body, "region", false),
                            text(body, "version", false),
                            text(body, "lightning_address", false),
                            redeemThresholdSats(body),
                            text(body, "referral_code", false),
                            number(body, "free_tier_pct", false, 0, 0, PERCENT_MAX),
                            text(body, "wallet", false),
                            flag(body, "vram_exact"),
                            text(body, "engine", false),
                            byModel(body, "context", CONTEXT_TOKENS_MAX),
                            byModel(body, "tok_s", TOKENS_PER_SECOND_MAX),
                            units(body),
                            tasks(body),
                            digests(body)));
        } catch (WrongFieldException e) {
            return new Reading.Wrong(e.error);
        }
    }

    /// Leaves the reading of one field, within this class only.
    private static final class WrongFieldException extends RuntimeException {
        private final transient ApiError error;

        private WrongFieldException(String field, String allowed) {
            super(field, null, false, false);
            error =
                    ApiError.of(
                            ErrorCode.INVALID_REQUEST,
                            "'" + field + "' must be " + allowed + ".",
                            field);
        }
    }

    private static String text(ObjectNode body, String field, boolean required) {
        JsonNode value = body.path(field);
        if (!required && (value.isMissingNode() || value.isNull())) {
            return "";
        }
        if (!value.isTextual() || value.textValue().length() > TEXT_CHARS_MAX) {
            throw new WrongFieldException(field, "a text of up to 256 characters");
        }
        return value.textValue();
    }

    private static String matching(ObjectNode body, String field, Pattern pattern, String allowed) {
        String value = text(body, field, true);
        if (!pattern.matcher(value).matches()) {
            throw new WrongFieldException(field, allowed);
        }
        return value;
    }

    private static String vendor(ObjectNode body) {
        String value = text(body, "gpu_vendor", true);
        if (!VENDORS.contains(value)) {
            throw new WrongFieldException("gpu_vendor", "nvidia, amd, apple, cpu or none");
        }
        return value;
    }

    private static int number(
            ObjectNode body, String field, boolean required, int absent, int min, int max) {
        JsonNode value = body.path(field);
        if (!required && (value.isMissingNode() || value.isNull())) {
            return absent;
        }
        boolean fits = value.isIntegralNumber() && value.canConvertToInt();
        if (!fits || value.intValue() < min || value.intValue() > max) {
            throw new WrongFieldException(field, "a whole number from " + min + " to " + max);
        }
        return value.intValue();
    }

    /// Clients in the field offer their owners 50 to 1,000; payouts are made from 100.
    private static long redeemThresholdSats(ObjectNode body) {
        int wanted =
                number(
                        body,
                        "redeem_threshold_sats",
                        false,
                        REDEEM_SATS_DEFAULT,
                        0,
                        REDEEM_SATS_MAX);
        return Math.clamp(wanted, REDEEM_SATS_LEAST, REDEEM_SATS_MOST);
    }

    private static boolean flag(ObjectNode body, String field) {
        JsonNode value = body.path(field);
        if (!value.isMissingNode() && !value.isNull() && !value.isBoolean()) {
            throw new WrongFieldException(field, "true or false");
        }
        return value.asBoolean(false);
    }

    /// The first client is told by the key that it repeats in the body, which no document mentions.
    private static Units units(ObjectNode body) {
        return body.has("api_key") && !body.has("protocol") ? Units.GO_CLIENT : Units.SEED;
    }

    /// What the node says it can do; words that are unknown are left out. Without a word of it:
    /// everything from protocol 2 on; what seed 000 names before that; and the first client in the
    /// field sends whatever it gets to its engine's chat.
    private static Set<Task> tasks(ObjectNode body) {
        JsonNode list = body.path("tasks");
        if (list.isMissingNode() || list.isNull()) {
            return number(body, "protocol", false, 1, 1, PROTOCOL_MAX) >= PROTOCOL_OF_TASKS
                    ? Set.of(Task.CHAT, Task.COMPLETION, Task.EMBEDDING)
                    : switch (units(body)) {
                        case SEED -> Set.of(Task.CHAT, Task.COMPLETION);
                        case GO_CLIENT -> Set.of(Task.CHAT);
                    };
        }
        if (!list.isArray() || list.size() > TASKS_MAX) {
            throw new WrongFieldException("tasks", "a list of chat, completion, embedding");
        }
        Set<String> names = new LinkedHashSet<>();
        list.forEach(name -> names.add(name.asText()));
        return Task.named(names);
    }

    /// Numbers by model; those of models that the node does not serve are left out.
    private static Map<String, Integer> byModel(ObjectNode body, String field, int max) {
        JsonNode numbers = body.path(field);
        if (numbers.isMissingNode() || numbers.isNull()) {
            return Map.of();
        }
        if (!numbers.isObject() || numbers.size() > MODELS_MAX) {
            throw new WrongFieldException(field, "an object with numbers by model tag");
        }
        Map<String, Integer> byModel = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : numbers.properties()) {
            JsonNode value = entry.getValue();
            if (!value.isNumber() || !isBetween(value.decimalValue(), max)) {
                throw new WrongFieldException(field, "an object with numbers from 0 to " + max);
            }
            byModel.put(entry.getKey(), value.intValue());
        }
        byModel.keySet().retainAll(models(body));
        return Map.copyOf(byModel);
    }

    /// Texts by model; those of models that the node does not serve are left out.
    private static Map<String, String> digests(ObjectNode body) {
        JsonNode texts = body.path("model_digests");
        if (texts.isMissingNode() || texts.isNull()) {
            return Map.of();
        }
        if (!texts.isObject() || texts.size() > MODELS_MAX) {
            throw new WrongFieldException("model_digests", "an object with texts by model tag");
        }
        Map<String, String> byModel = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : texts.properties()) {
            if (!DIGEST.matcher(entry.getValue().asText()).matches()) {
                throw new WrongFieldException("model_digests", "an object with SHA-256 digests");
            }
            byModel.put(entry.getKey(), entry.getValue().asText());
        }
        byModel.keySet().retainAll(models(body));
        return Map.copyOf(byModel);
    }

    private static boolean isBetween(BigDecimal number, int max) {
        if (number.signum() == 0) {
            return true;
        }
        // The digits first: comparing writes out the zeros of a huge power of ten.
        long digits = (long) number.precision() - number.scale();
        return number.signum() > 0
                && Math.abs(digits) < DIGITS_MAX
                && number.compareTo(BigDecimal.valueOf(max)) <= 0;
    }

    private static List<String> models(ObjectNode body) {
        JsonNode list = body.path("models");
        if (!list.isArray() || list.size() > MODELS_MAX) {
            throw new WrongFieldException("models", "a list of up to " + MODELS_MAX + " tags");
        }
        Set<String> models = new LinkedHashSet<>();
        for (JsonNode model : list) {
            if (!model.isTextual() || !MODEL.matcher(model.textValue()).matches()) {
                throw new WrongFieldException("models", "a list of model tags");
            }
            models.add(model.textValue());
        }
        return List.copyOf(models);
    }
}
