package me.owlrun.agent.engine;

import com.fasterxml.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;

/// An engine behind OpenAI's routes. Kinds of servers differ only in how they list their models.
final class HttpEngine implements Engine {
    private final Listing listing;
    private final OpenAiCalls calls;

    /// @param base the server's address
    HttpEngine(Listing listing, URI base, EngineLimits limits) {
        this.listing = listing;
        this.calls = new OpenAiCalls(base, limits);
    }

    /// How a kind of server tells which models it has.
    ///
    /// @param kind the engine's name in settings and on the wire
    /// @param name the engine's name in sentences
    /// @param path what to GET
    /// @param read takes the models out of the answer
    record Listing(
            String kind, String name, String path, Function<JsonNode, List<ServedModel>> read) {}

    @Override
    public String kind() {
        return listing.kind();
    }

    @Override
    public ModelList models() throws InterruptedException {
        try {
            return new ModelList.Served(listing.read().apply(calls.get(listing.path())));
        } catch (IOException silent) {
            return new ModelList.Unreachable(
                    listing.name() + " does not answer: " + Reasons.of(silent));
        }
    }

    @Override
    public Answer answer(EngineRequest request, Sink sink) throws InterruptedException {
        return calls.answer(request, sink);
    }

    @Override
    public void close() {
        calls.close();
    }

    /// A whole number above zero, or nothing.
    static OptionalInt positive(JsonNode value) {
        boolean usable = value.isIntegralNumber() && value.canConvertToInt() && value.asInt() > 0;
        return usable ? OptionalInt.of(value.asInt()) : OptionalInt.empty();
    }
}
