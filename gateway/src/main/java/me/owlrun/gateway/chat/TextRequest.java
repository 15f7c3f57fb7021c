package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.job.Task;
import me.owlrun.gateway.meter.PromptBound;
import me.owlrun.json.Json;

import java.util.List;
import java.util.OptionalLong;

/// A checked request for a plain completion, as OpenAI defines it: one prompt, one answer. What it
/// does not check, such as `suffix`, passes through to the node.
///
/// @param body the whole request, with the prompt as one string
/// @param model the model asked for
/// @param stream whether the answer is wanted piece by piece
/// @param includeUsage whether a stream shall end with a count of tokens
/// @param maxTokens the most tokens of answer the buyer wants, if it says
record TextRequest(
        ObjectNode body, String model, boolean stream, boolean includeUsage, OptionalLong maxTokens)
        implements JobRequest {

    /// Reads the body, field by field in the order of docs/errors.md.
    static TextRequest read(ObjectNode body) {
        String model = Fields.model(body);
        String prompt = prompt(body.path("prompt"));
        Fields.requireOne(body, "n");
        Fields.requireOne(body, "best_of");
        if (Fields.flag(body, "echo", false)) {
            throw WrongRequestException.field("echo", "false; you know your prompt");
        }
        boolean stream = Fields.flag(body, "stream", false);
        JsonNode options = Fields.object(body, "stream_options");
        OptionalLong maxTokens = Fields.count(body, List.of("max_tokens", "max_completion_tokens"));
        ObjectNode one = body.deepCopy();
        one.put("prompt", prompt);
        one.remove("messages");
        return new TextRequest(
                one, model, stream, options.path("include_usage").asBoolean(false), maxTokens);
    }

    private static String prompt(JsonNode given) {
        JsonNode prompt = given.isArray() && given.size() == 1 ? given.path(0) : given;
        if (!prompt.isTextual() || prompt.textValue().isEmpty()) {
            throw WrongRequestException.field("prompt", "a text, or a list of one text");
        }
        return prompt.textValue();
    }

    @Override
    public Task task() {
        return Task.COMPLETION;
    }

    @Override
    public boolean writesTokens() {
        return true;
    }

    @Override
    public PromptBound promptBound() {
        return new PromptBound(Json.bytes(body).length, 0);
    }

    @Override
    public byte[] forNode(long tokensMax, int contextLength) {
        ObjectNode copy = Fields.anonymous(body);
        Fields.boundStream(copy, maxTokens, tokensMax, contextLength);
        copy.remove("echo");
        return Json.bytes(copy);
    }

    @Override
    public FrameReader reader() {
        return new AnswerReader(AnswerKind.COMPLETION);
    }

    @Override
    public Reply reply(ReplyPlace place) {
        ChunkMaker names = ChunkMaker.text(place, model);
        return stream ? new StreamReply(place, names, includeUsage) : new WholeReply(place, names);
    }

    @Override
    public String toString() {
        return "TextRequest[model=" + model + ", stream=" + stream + "]";
    }
}
