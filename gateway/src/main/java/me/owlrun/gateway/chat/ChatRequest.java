package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.job.Task;
import me.owlrun.gateway.meter.PromptBound;
import me.owlrun.json.Json;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/// A checked request for a chat completion, as OpenAI defines it. What it does not check passes
/// through to the node.
///
/// @param body the whole request
/// @param model the model asked for
/// @param stream whether the answer is wanted piece by piece
/// @param includeUsage whether a stream shall end with a count of tokens
/// @param maxTokens the most tokens of answer the buyer wants, if it says
record ChatRequest(
        ObjectNode body, String model, boolean stream, boolean includeUsage, OptionalLong maxTokens)
        implements JobRequest {

    private static final int MESSAGES_MAX = 10_000;
    private static final int IMAGES_MAX = 64;

    /// Reads the body, field by field in the order of docs/errors.md.
    static ChatRequest read(ObjectNode body) {
        String model = Fields.model(body);
        requireMessages(body.path("messages"));
        requireImages(body.path("messages"));
        Fields.requireOne(body, "n");
        boolean stream = Fields.flag(body, "stream", false);
        JsonNode options = Fields.object(body, "stream_options");
        OptionalLong maxTokens = Fields.count(body, List.of("max_completion_tokens", "max_tokens"));
        return new ChatRequest(
                body, model, stream, options.path("include_usage").asBoolean(false), maxTokens);
    }

    private static void requireMessages(JsonNode messages) {
        boolean fits = messages.isArray() && !messages.isEmpty() && messages.size() <= MESSAGES_MAX;
        for (JsonNode message : messages) {
            fits &= message.isObject() && message.path("role").isTextual();
        }
        if (!fits) {
            throw WrongRequestException.field("messages", "a list of messages, each with a role");
        }
    }

    /// Only images that travel in the request: nobody shall make a node fetch an address.
    private static void requireImages(JsonNode messages) {
        int images = 0;
        for (JsonNode message : messages) {
            for (JsonNode part : message.path("content")) {
                if (part.has("image_url")) {
                    images++;
                    String url = part.path("image_url").path("url").asText("");
                    if (!url.toLowerCase(Locale.ROOT).startsWith("data:image/")) {
                        throw WrongRequestException.field(
                                "messages", "free of links to images; send those as data URLs");
                    }
                }
            }
        }
        if (images > IMAGES_MAX) {
            throw WrongRequestException.field(
                    "messages", "a list with at most " + IMAGES_MAX + " images");
        }
    }

    @Override
    public Task task() {
        return Task.CHAT;
    }

    @Override
    public boolean writesTokens() {
        return true;
    }

    /// Everything up to the first message of the user: what comes after grows with every turn.
    @Override
    public Optional<JsonNode> beginning() {
        ArrayNode beginning = Json.object().arrayNode();
        for (JsonNode message : body.path("messages")) {
            beginning.add(message);
            if (message.path("role").asText().equals("user")) {
                return Optional.of(beginning);
            }
        }
        return Optional.empty();
    }

    @Override
    public PromptBound promptBound() {
        long imageBytes = 0;
        int images = 0;
        for (JsonNode message : body.path("messages")) {
            for (JsonNode part : message.path("content")) {
                JsonNode url = part.path("image_url").path("url");
                if (url.isTextual()) {
                    images++;
                    imageBytes += url.textValue().getBytes(StandardCharsets.UTF_8).length;
                }
            }
        }
        return new PromptBound(Math.max(0, Json.bytes(body).length - imageBytes), images);
    }

    @Override
    public byte[] forNode(long tokensMax, int contextLength) {
        ObjectNode copy = Fields.anonymous(body);
        Fields.boundStream(copy, maxTokens, tokensMax, contextLength);
        for (JsonNode message : copy.path("messages")) {
            if (message.path("role").asText().equals("developer")
                    && message instanceof ObjectNode object) {
                object.put("role", "system");
            }
        }
        return Json.bytes(copy);
    }

    @Override
    public FrameReader reader() {
        return new AnswerReader(AnswerKind.CHAT);
    }

    @Override
    public Reply reply(ReplyPlace place) {
        ChunkMaker names = ChunkMaker.chat(place, model);
        return stream ? new StreamReply(place, names, includeUsage) : new WholeReply(place, names);
    }

    @Override
    public String toString() {
        return "ChatRequest[model=" + model + ", stream=" + stream + "]";
    }
}
