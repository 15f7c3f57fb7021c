package me.owlrun.gateway.meter;

import java.time.Instant;

/// Knows what nodes lose of their pay because they switched models; asked for every bill.
@FunctionalInterface
public interface Flaps {

    /// What a node loses now, in permille.
    int permille(long providerId, String nodeId, Instant now);
}
