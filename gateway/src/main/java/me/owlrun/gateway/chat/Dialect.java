package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.http.ApiError;

/// The formats in which work can be asked for. They differ in how a request is read and an answer
/// written; the flow of money and work is the same.
enum Dialect {
    /// OpenAI's chat completions.
    CHAT,
    /// OpenAI's plain completions.
    COMPLETION,
    /// OpenAI's embeddings.
    EMBEDDING,
    /// Ollama's `/api/chat`.
    OLLAMA_CHAT,
    /// Ollama's `/api/generate`.
    OLLAMA_GENERATE,
    /// Ollama's `/api/embed`.
    OLLAMA_EMBED,
    /// Ollama's older `/api/embeddings`.
    OLLAMA_EMBED_ONE;

    /// Reads a body.
    ///
    /// @throws WrongRequestException when a field is missing or wrong
    JobRequest read(ObjectNode body) {
        return switch (this) {
            case CHAT -> ChatRequest.read(body);
            case COMPLETION -> TextRequest.read(body);
            case EMBEDDING -> EmbeddingRequest.read(body);
            case OLLAMA_CHAT -> OllamaRequest.readChat(body);
            case OLLAMA_GENERATE -> OllamaRequest.readGenerate(body);
            case OLLAMA_EMBED -> EmbeddingRequest.readOllama(body);
            case OLLAMA_EMBED_ONE -> EmbeddingRequest.readOllamaOne(body);
        };
    }

    private boolean isOpenAi() {
        return switch (this) {
            case CHAT, COMPLETION, EMBEDDING -> true;
            case OLLAMA_CHAT, OLLAMA_GENERATE, OLLAMA_EMBED, OLLAMA_EMBED_ONE -> false;
        };
    }

    /// Whether a request must be announced as JSON; Ollama's clients never have to.
    boolean wantsMediaType() {
        return isOpenAi();
    }

    /// An error as clients of this format read it.
    ObjectNode error(ApiError error) {
        return isOpenAi() ? error.toJson() : error.toOllamaJson();
    }
}
