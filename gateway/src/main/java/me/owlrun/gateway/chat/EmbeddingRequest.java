package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.job.Task;
import me.owlrun.gateway.meter.PromptBound;
import me.owlrun.json.Json;

import java.util.List;
import java.util.OptionalLong;

/// A checked request for embeddings. The node is always asked for plain numbers, which every engine
/// gives; what the buyer wants instead is made here.
///
/// @param body what the node gets: `model`, `input`, `dimensions`
/// @param model the model asked for
/// @param inputs how many vectors are wanted
/// @param form how the buyer wants them
record EmbeddingRequest(ObjectNode body, String model, int inputs, Form form)
        implements JobRequest {

    private static final int INPUTS_MAX = 512;

    /// How vectors are written.
    enum Form {
        /// OpenAI's list with arrays of numbers.
        NUMBERS,
        /// OpenAI's list with the base64 of 32-bit floats, little end first.
        BASE64,
        /// Ollama's `/api/embed`.
        OLLAMA,
        /// Ollama's older `/api/embeddings`, one vector.
        OLLAMA_ONE;

        boolean isOllama() {
            return this == OLLAMA || this == OLLAMA_ONE;
        }
    }

    /// Reads a request in OpenAI's form.
    static EmbeddingRequest read(ObjectNode body) {
        String model = Fields.model(body);
        requireInput(body.path("input"), "input");
        String encoding = body.path("encoding_format").asText("float");
        Form form =
                switch (encoding) {
                    case "float", "null" -> Form.NUMBERS;
                    case "base64" -> Form.BASE64;
                    default ->
                            throw WrongRequestException.field(
                                    "encoding_format", "'float' or 'base64'");
                };
        ObjectNode copy = Fields.anonymous(body);
        return of(copy, model, form);
    }

    /// Reads a request in the form of Ollama's `/api/embed`.
    static EmbeddingRequest readOllama(ObjectNode body) {
        String model = Fields.model(body);
        requireInput(body.path("input"), "input");
        return of(ollama(body, body.path("input")), model, Form.OLLAMA);
    }

    /// Reads a request in the form of Ollama's `/api/embeddings`.
    static EmbeddingRequest readOllamaOne(ObjectNode body) {
        String model = Fields.model(body);
        JsonNode prompt = body.path("prompt");
        if (!prompt.isTextual() || prompt.textValue().isEmpty()) {
            throw WrongRequestException.field("prompt", "a text");
        }
        return of(ollama(body, prompt), model, Form.OLLAMA_ONE);
    }

    private static ObjectNode ollama(ObjectNode body, JsonNode input) {
        ObjectNode made = Json.object();
        made.set("model", body.path("model"));
        made.set("input", input);
        if (body.hasNonNull("dimensions")) {
            made.set("dimensions", body.path("dimensions"));
        }
        return made;
    }

    private static EmbeddingRequest of(ObjectNode body, String model, Form form) {
        var _ = Fields.count(body, List.of("dimensions"));
        body.remove(List.of("messages", "prompt", "stream", "stream_options"));
        body.put("encoding_format", "float");
        JsonNode input = body.path("input");
        boolean single = input.isTextual() || input.path(0).isIntegralNumber();
        return new EmbeddingRequest(body, model, single ? 1 : input.size(), form);
    }

    /// A text, a list of texts, a list of tokens, or a list of lists of tokens.
    private static void requireInput(JsonNode input, String field) {
        boolean fits = isText(input) || (input instanceof ArrayNode list && isList(list));
        if (!fits) {
            throw WrongRequestException.field(
                    field,
                    "a text or a list of at most " + INPUTS_MAX + " texts or lists of tokens");
        }
    }

    private static boolean isList(ArrayNode list) {
        if (areTokens(list)) {
            return true;
        }
        boolean fits = !list.isEmpty() && list.size() <= INPUTS_MAX;
        for (JsonNode entry : list) {
            fits &= isText(entry) || (entry instanceof ArrayNode inner && areTokens(inner));
        }
        return fits;
    }

    private static boolean isText(JsonNode value) {
        return value.isTextual() && !value.textValue().isEmpty();
    }

    private static boolean areTokens(ArrayNode list) {
        for (JsonNode token : list) {
            if (!token.isIntegralNumber() || !token.canConvertToInt() || token.intValue() < 0) {
                return false;
            }
        }
        return !list.isEmpty();
    }

    @Override
    public Task task() {
        return Task.EMBEDDING;
    }

    @Override
    public OptionalLong maxTokens() {
        return OptionalLong.empty();
    }

    @Override
    public boolean writesTokens() {
        return false;
    }

    /// The bound of one text, and the marks that each further input gets.
    @Override
    public PromptBound promptBound() {
        long marks = (long) inputs * PromptBound.INPUT_TOKENS_MAX;
        return new PromptBound(Json.bytes(body).length + marks, 0);
    }

    @Override
    public byte[] forNode(long tokensMax, int contextLength) {
        return Json.bytes(body);
    }

    @Override
    public FrameReader reader() {
        return new EmbeddingReader(inputs);
    }

    @Override
    public Reply reply(ReplyPlace place) {
        return new EmbeddingReply(place, model, form);
    }

    @Override
    public String toString() {
        return "EmbeddingRequest[model=" + model + ", inputs=" + inputs + "]";
    }
}
