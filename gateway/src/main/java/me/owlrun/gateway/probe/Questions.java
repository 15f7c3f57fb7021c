package me.owlrun.gateway.probe;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.probe.Question.Kind;
import me.owlrun.json.Json;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;

/// Draws questions that look like a buyer's: from a pool of everyday requests with drawn names and
/// numbers, with drawn bounds, streamed or not, with or without a system message.
final class Questions {

    private static final Duration SAME_FOR = Duration.ofHours(6);
    private static final int SAME_MODELS_MAX = 10_000;
    private static final int PERCENT = 100;
    private static final int STREAM_PERCENT = 75;
    private static final int SYSTEM_PERCENT = 40;
    private static final int SEED_MAX = 1_000_000;
    private static final int NUMBER_MIN = 12;
    private static final int NUMBER_MAX = 98;
    private static final int WORDS = 4;

    private static final List<Kind> CHECKS =
            List.of(Kind.SUM, Kind.SUM, Kind.ECHO, Kind.FORMAT, Kind.SAME);

    private static final List<String> SYSTEMS =
            List.of(
                    "You are a helpful assistant.",
                    "You are a concise assistant.",
                    "Answer briefly and correctly.",
                    "You help a busy person. Be short.");

    private static final List<String> SUMS =
            List.of(
                    "What is %d plus %d? Only the number, please.",
                    "I bought things for %d and %d euros. What do I pay in all? Number only.",
                    "Add %d and %d and tell me just the result.",
                    "%d + %d = ? Answer with the number alone.");

    private static final List<String> ECHOES =
            List.of(
                    "Please repeat this line exactly: %s",
                    "Copy the following words without any change: %s",
                    "Write this once more, word by word: %s");

    private static final List<String> FORMS =
            List.of(
                    "Give me JSON with one field \"days\", the number of days in %d weeks.",
                    "How many days are %d weeks? Answer as JSON like {\"days\": 0}.");

    private static final List<String> TALKS =
            List.of(
                    "Write a short story about a %s that finds a %s.",
                    "Explain to a child how a %s differs from a %s.",
                    "List five uses of a %s besides a %s, one sentence each.",
                    "I have a %s and a %s at home. What could I make of them this weekend?",
                    "Compose a friendly note to a neighbour who lost a %s near the %s.");

    private static final List<String> THINGS =
            List.of(
                    "lantern",
                    "bicycle",
                    "teapot",
                    "violin",
                    "garden",
                    "ladder",
                    "compass",
                    "umbrella",
                    "kettle",
                    "harbour",
                    "blanket",
                    "camera",
                    "basket",
                    "mirror",
                    "suitcase",
                    "notebook",
                    "candle",
                    "window",
                    "bridge",
                    "anchor",
                    "pillow");

    private static final List<Integer> BOUNDS = List.of(128, 200, 256, 300, 512);
    private static final int DAYS_OF_WEEK = 7;
    private static final int WEEKS_MAX = 12;
    private static final int WEEKS_MIN = 2;

    private final RandomGenerator random;
    private final Map<String, Drawn> same = new HashMap<>();

    /// A question that stays the same for a while.
    private record Drawn(Question question, Instant until) {}

    Questions(RandomGenerator random) {
        this.random = random;
    }

    /// A question for a model.
    ///
    /// @param checkPercent how many have an answer that can be judged
    Question draw(String model, int checkPercent, Instant now) {
        Kind kind = random.nextInt(PERCENT) < checkPercent ? one(CHECKS) : Kind.TALK;
        return switch (kind) {
            case SUM -> sum(model);
            case ECHO -> echo(model);
            case FORMAT -> format(model);
            case SAME -> same(model, now);
            case TALK -> new Question(Kind.TALK, newId(), talk(model, false), "");
        };
    }

    private Question sum(String model) {
        int a = random.nextInt(NUMBER_MIN, NUMBER_MAX);
        int b = random.nextInt(NUMBER_MIN, NUMBER_MAX);
        String text = one(SUMS).formatted(a, b);
        return new Question(Kind.SUM, newId(), known(model, text), Integer.toString(a + b));
    }

    private Question echo(String model) {
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < WORDS; i++) {
            words.append(one(THINGS)).append(' ');
        }
        String line = words.append(random.nextInt(NUMBER_MIN, NUMBER_MAX)).toString();
        return new Question(Kind.ECHO, newId(), known(model, one(ECHOES).formatted(line)), line);
    }

    private Question format(String model) {
        int weeks = random.nextInt(WEEKS_MIN, WEEKS_MAX);
        return new Question(
                Kind.FORMAT,
                newId(),
                known(model, one(FORMS).formatted(weeks)),
                Integer.toString(weeks * DAYS_OF_WEEK));
    }

    private Question same(String model, Instant now) {
        if (same.size() > SAME_MODELS_MAX) {
            same.clear();
        }
        Drawn drawn = same.get(model);
        if (drawn == null || drawn.until.isBefore(now)) {
            Question question = new Question(Kind.SAME, newId(), talk(model, true), "");
            drawn = new Drawn(question, now.plus(SAME_FOR));
            same.put(model, drawn);
        }
        return drawn.question;
    }

    private ObjectNode known(String model, String text) {
        return withoutChance(request(model, text));
    }

    private ObjectNode talk(String model, boolean withoutChance) {
        ObjectNode body = request(model, one(TALKS).formatted(one(THINGS), one(THINGS)));
        return withoutChance ? withoutChance(body) : body;
    }

    private ObjectNode withoutChance(ObjectNode body) {
        return body.put("temperature", 0).put("seed", random.nextInt(SEED_MAX));
    }

    private ObjectNode request(String model, String text) {
        ObjectNode body = Json.object();
        body.put("model", model);
        ArrayNode messages = body.putArray("messages");
        if (random.nextInt(PERCENT) < SYSTEM_PERCENT) {
            messages.addObject().put("role", "system").put("content", one(SYSTEMS));
        }
        messages.addObject().put("role", "user").put("content", text);
        body.put("max_tokens", one(BOUNDS).intValue());
        body.put("stream", random.nextInt(PERCENT) < STREAM_PERCENT);
        return body;
    }

    private <T> T one(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private static String newId() {
        return UUID.randomUUID().toString();
    }
}
