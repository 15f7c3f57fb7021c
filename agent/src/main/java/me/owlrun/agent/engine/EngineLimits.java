package me.owlrun.agent.engine;

import java.time.Duration;

/// How long the agent waits for an engine.
///
/// @param connect until it takes the connection
/// @param models until it has listed its models
/// @param firstByte until a streamed answer begins; loading a model from disk counts
/// @param silence between two pieces of a streamed answer
/// @param document until an answer that is not streamed is there as a whole
public record EngineLimits(
        Duration connect,
        Duration models,
        Duration firstByte,
        Duration silence,
        Duration document) {
    /// What the agent uses.
    public static final EngineLimits STANDARD =
            new EngineLimits(
                    Duration.ofSeconds(3),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(120),
                    Duration.ofSeconds(60),
                    Duration.ofMinutes(10));
}
