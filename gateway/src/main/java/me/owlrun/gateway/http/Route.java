package me.owlrun.gateway.http;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// What a request is about, as far as limits, pauses and figures distinguish it. A fixed set, so
/// that nobody can grow the figures by inventing paths.
public enum Route {
    /// A chat in OpenAI's form.
    CHAT(Kind.INFERENCE),
    /// A plain completion.
    COMPLETION(Kind.INFERENCE),
    /// Vectors of texts.
    EMBEDDING(Kind.INFERENCE),
    /// A chat, completion or embedding in Ollama's form.
    OLLAMA(Kind.INFERENCE),
    /// The outcome of an ecash payment.
    CHANGE(Kind.OTHER),
    /// What a request would cost.
    ESTIMATE(Kind.OTHER),
    /// Accounts, keys, top-ups.
    ACCOUNT(Kind.OTHER),
    /// Models and prices.
    MODELS(Kind.OTHER),
    /// Rate, economy, totals, broadcasts.
    PUBLIC(Kind.OTHER),
    /// A node says what it is.
    REGISTER(Kind.NODE),
    /// A node fetches a request or sends an answer.
    NODE_JOB(Kind.NODE),
    /// What providers ask for.
    PROVIDER(Kind.OTHER),
    /// Whether the gateway is well.
    HEALTH(Kind.FREE),
    /// The web page and everything else.
    OTHER(Kind.OTHER);

    /// How limits treat a route.
    private enum Kind {
        INFERENCE,
        OTHER,
        NODE,
        FREE
    }

    private static final Map<String, Route> INFERENCE =
            Map.ofEntries(
                    Map.entry("/v1/chat/completions", CHAT),
                    Map.entry("/chat/completions", CHAT),
                    Map.entry("/v1/responses", CHAT),
                    Map.entry("/v1/messages", CHAT),
                    Map.entry("/v1/completions", COMPLETION),
                    Map.entry("/completions", COMPLETION),
                    Map.entry("/v1/embeddings", EMBEDDING),
                    Map.entry("/embeddings", EMBEDDING),
                    Map.entry("/api/chat", OLLAMA),
                    Map.entry("/api/generate", OLLAMA),
                    Map.entry("/api/embed", OLLAMA),
                    Map.entry("/api/embeddings", OLLAMA));

    private static final Map<String, Route> EXACT =
            Map.ofEntries(
                    Map.entry("/v1/cashu/change", CHANGE),
                    Map.entry("/v1/estimate", ESTIMATE),
                    Map.entry("/v1/beta/signup", ACCOUNT),
                    Map.entry("/v1/oracle/rate", PUBLIC),
                    Map.entry("/v1/economy", PUBLIC),
                    Map.entry("/v1/bounties", PUBLIC),
                    Map.entry("/v1/transparency", PUBLIC),
                    Map.entry("/v1/broadcasts", PUBLIC),
                    Map.entry("/openapi.json", PUBLIC),
                    Map.entry("/.well-known/owlrun.json", PUBLIC),
                    Map.entry("/llms.txt", PUBLIC),
                    Map.entry("/v1/gateway/register", REGISTER),
                    Map.entry("/healthz", HEALTH));

    private static final List<Map.Entry<String, Route>> BEGINNINGS =
            List.of(
                    Map.entry("/v1/gateway/", NODE_JOB),
                    Map.entry("/v1/models", MODELS),
                    Map.entry("/v1/account", ACCOUNT),
                    Map.entry("/v1/provider/", PROVIDER),
                    Map.entry("/v1/cloud/", PROVIDER),
                    Map.entry("/api/", MODELS));

    private static final Set<String> WITH_BODY = Set.of("POST");

    private final Kind kind;

    Route(Kind kind) {
        this.kind = kind;
    }

    /// The route of a request.
    public static Route of(String method, String path) {
        Route inference = INFERENCE.get(path);
        if (inference != null && WITH_BODY.contains(method)) {
            return inference;
        }
        Route exact = EXACT.get(path);
        if (exact != null) {
            return exact;
        }
        return BEGINNINGS.stream()
                .filter(beginning -> path.startsWith(beginning.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(OTHER);
    }

    /// Whether it buys inference.
    public boolean isInference() {
        return kind == Kind.INFERENCE;
    }

    /// Whether no limit of requests counts it: nodes answer to limits of their own.
    public boolean isUnlimited() {
        return kind == Kind.FREE || kind == Kind.NODE;
    }

    /// Its name in figures and logs.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
