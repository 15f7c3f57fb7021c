package me.owlrun.agent.engine;

import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;

/// The engines there are, by the kind the owner set.
public final class Engines {
    private Engines() {}

    /// An Ollama at this address.
    public static Engine ollama(URI base, EngineLimits limits) {
        return new HttpEngine(OllamaModels.LISTING, base, limits);
    }

    /// A server with OpenAI's routes at this address, with or without the `/v1` that many give.
    public static Engine openAi(URI base, EngineLimits limits) {
        String root = base.toString().replaceFirst("/v1$", "");
        return new HttpEngine(OpenAiModels.LISTING, URI.create(root), limits);
    }

    /// The shipped mock; see [MockEngine] for what it answers.
    ///
    /// @param clock dates its chunks
    /// @param perToken how long it takes for each token
    public static Engine mock(InstantSource clock, Duration perToken) {
        return new MockEngine(clock, perToken);
    }
}
