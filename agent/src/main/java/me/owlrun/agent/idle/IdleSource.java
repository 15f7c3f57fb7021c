package me.owlrun.agent.idle;

import java.time.Duration;
import java.util.Optional;

/// One way to learn how long the user has not touched the machine. Used by one thread.
interface IdleSource extends AutoCloseable {
    /// A short name for the owner, such as `x11`.
    String name();

    /// Since when nobody touched it; empty if this way does not work here or now. Takes a second at
    /// most.
    Optional<Duration> idle() throws InterruptedException;

    @Override
    default void close() {}
}
