package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.job.Task;
import me.owlrun.gateway.meter.PromptBound;

import java.util.Optional;
import java.util.OptionalLong;

/// A request of Ollama's own form, `/api/chat` or `/api/generate`. Nodes get it in OpenAI's form.
///
/// @param openAi the same in OpenAI's form
/// @param chat whether it is a chat; else one text is generated
/// @param stream whether the answer is wanted piece by piece
record OllamaRequest(JobRequest openAi, boolean chat, boolean stream) implements JobRequest {

    /// Reads `/api/chat`.
    static OllamaRequest readChat(ObjectNode body) {
        var _ = Fields.model(body);
        boolean stream = Fields.flag(body, "stream", true);
        return new OllamaRequest(ChatRequest.read(OllamaBody.chat(body)), true, stream);
    }

    /// Reads `/api/generate`: a chat of one message, or a plain completion when the buyer wants no
    /// template (`raw`) or a text between two others (`suffix`).
    static OllamaRequest readGenerate(ObjectNode body) {
        var _ = Fields.model(body);
        boolean stream = Fields.flag(body, "stream", true);
        boolean plain = Fields.flag(body, "raw", false) || body.hasNonNull("suffix");
        JobRequest openAi =
                plain
                        ? TextRequest.read(OllamaBody.text(body))
                        : ChatRequest.read(OllamaBody.generate(body));
        return new OllamaRequest(openAi, false, stream);
    }

    @Override
    public String model() {
        return openAi.model();
    }

    @Override
    public Task task() {
        return openAi.task();
    }

    @Override
    public OptionalLong maxTokens() {
        return openAi.maxTokens();
    }

    @Override
    public boolean writesTokens() {
        return true;
    }

    @Override
    public Optional<JsonNode> beginning() {
        return openAi.beginning();
    }

    @Override
    public PromptBound promptBound() {
        return openAi.promptBound();
    }

    @Override
    public byte[] forNode(long tokensMax, int contextLength) {
        return openAi.forNode(tokensMax, contextLength);
    }

    @Override
    public FrameReader reader() {
        return openAi.reader();
    }

    @Override
    public Reply reply(ReplyPlace place) {
        OllamaChunks chunks = new OllamaChunks(place, model(), chat);
        return stream ? new OllamaStreamReply(place, chunks) : new OllamaWholeReply(place, chunks);
    }
}
