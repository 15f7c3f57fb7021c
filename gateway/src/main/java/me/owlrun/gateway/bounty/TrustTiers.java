package me.owlrun.gateway.bounty;

import me.owlrun.gateway.job.NodeIdentity;

import java.time.Instant;

/// Knows how far a node was to be trusted.
@FunctionalInterface
public interface TrustTiers {

    /// The tier of a node at a time.
    TrustTier of(NodeIdentity node, Instant at);
}
