package me.owlrun.bench;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Where chat requests go, and what stands in their head.
///
/// @param name in the tables
/// @param url the whole address of the chat route
/// @param headers of one request, lines that each end with CR LF
/// @param hasNext whether another request can be paid
record ChatTarget(String name, URI url, Supplier<String> headers, BooleanSupplier hasNext) {

    /// One that costs nothing.
    static ChatTarget free(String name, URI base, String headers) {
        return new ChatTarget(name, chat(base), () -> headers, () -> true);
    }

    /// One paid with a token per request.
    static ChatTarget paid(String name, URI base, TokenSupply tokens) {
        return new ChatTarget(name, chat(base), tokens::next, () -> !tokens.isEmpty());
    }

    /// One paid by the keys of accounts.
    static ChatTarget keyed(String name, URI base, KeySupply keys) {
        return new ChatTarget(name, chat(base), keys::next, () -> true);
    }

    private static URI chat(URI base) {
        return URI.create(base + "/v1/chat/completions");
    }

    static byte[] request(String model, boolean stream) {
        return """
        {"model":"%s","messages":[{"role":"user","content":"Say the words."}],"stream":%s}\
        """
                .formatted(model, stream)
                .getBytes(StandardCharsets.UTF_8);
    }
}
