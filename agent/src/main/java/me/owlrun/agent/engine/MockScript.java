package me.owlrun.agent.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.agent.wire.Json;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// What the mock engine will do about one request; the rules stand at [MockEngine].
sealed interface MockScript {
    /// Fail before the first piece.
    record Fail(String code, boolean retryable) implements MockScript {}

    /// Answer.
    ///
    /// @param words the words to send, each but the first with the blank before it
    /// @param finishReason `stop`, or `length` if `max_tokens` cut the answer
    /// @param promptTokens words in the request
    /// @param breaksOff whether the stream ends without an end
    record Speak(List<String> words, String finishReason, int promptTokens, boolean breaksOff)
            implements MockScript {}

    /// Begins every answer that is not asked to be something else.
    String GREETING = "Hoo! This is the Owlrun mock engine. 🦉 You said: ";

    /// Asks for numbers.
    Pattern COUNT = Pattern.compile("(?i)count to (\\d{1,4})");

    /// Asks for a stream that breaks.
    Pattern BREAK = Pattern.compile("mock: break after (\\d{1,4})");

    /// A token.
    Pattern WORD = Pattern.compile("\\S+");

    /// Reads what the request asks for.
    static MockScript read(EngineRequest request) {
        ObjectNode body = Json.readObject(request.body()).orElseGet(Json::object);
        if (body.has("input")) {
            return new Fail("bad_request", false);
        }
        List<String> texts = texts(body);
        String last = texts.isEmpty() ? "" : texts.getLast().strip();
        if (last.equals("mock: fail")) {
            return new Fail("engine_error", true);
        }
        if (last.equals("mock: refuse")) {
            return new Fail("bad_request", false);
        }
        int promptTokens = Math.max(1, texts.stream().mapToInt(text -> words(text).size()).sum());
        Matcher breaks = BREAK.matcher(last);
        if (breaks.matches()) {
            return new Speak(numbers(breaks.group(1)), "", promptTokens, true);
        }
        return cut(reply(last), body.path("max_tokens"), promptTokens);
    }

    private static List<String> reply(String last) {
        Matcher count = COUNT.matcher(last);
        return count.matches() ? numbers(count.group(1)) : words(GREETING + last);
    }

    private static Speak cut(List<String> words, JsonNode maxTokens, int promptTokens) {
        int limit = maxTokens.isIntegralNumber() ? Math.max(0, maxTokens.asInt()) : words.size();
        return words.size() <= limit
                ? new Speak(words, "stop", promptTokens, false)
                : new Speak(words.subList(0, limit), "length", promptTokens, false);
    }

    private static List<String> numbers(String last) {
        return words(
                String.join(
                        " ",
                        IntStream.rangeClosed(1, Integer.parseInt(last))
                                .mapToObj(Integer::toString)
                                .toList()));
    }

    private static List<String> words(String text) {
        List<String> words = WORD.matcher(text).results().map(MatchResult::group).toList();
        return IntStream.range(0, words.size())
                .mapToObj(index -> (index == 0 ? "" : " ") + words.get(index))
                .toList();
    }

    /// The texts of a request in order: contents of messages (plain or in parts), or the prompt.
    private static List<String> texts(ObjectNode body) {
        List<String> texts = new ArrayList<>();
        for (JsonNode message : body.path("messages")) {
            JsonNode content = message.path("content");
            if (content.isTextual()) {
                texts.add(content.asText());
            }
            content.forEach(part -> texts.add(part.path("text").asText("")));
        }
        if (body.path("prompt").isTextual()) {
            texts.add(body.path("prompt").asText());
        }
        return texts;
    }
}
