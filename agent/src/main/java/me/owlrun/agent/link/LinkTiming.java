package me.owlrun.agent.link;

import java.time.Duration;

/// The waits of the link, each with its name.
///
/// @param heartbeat between two heartbeats
/// @param ping between two pings of ours; two without any answer and the channel is dead
/// @param backoffFirst first window of the wait before a new attempt
/// @param backoffMost largest window
/// @param connect for a connection and for registering
/// @param send for one message to leave, and for room in the outbox
/// @param drain for running jobs to end before the channel is closed
/// @param engine between two looks at the engine's models
public record LinkTiming(
        Duration heartbeat,
        Duration ping,
        Duration backoffFirst,
        Duration backoffMost,
        Duration connect,
        Duration send,
        Duration drain,
        Duration engine) {
    /// What the agent uses.
    public static final LinkTiming STANDARD =
            new LinkTiming(
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(30));
}
