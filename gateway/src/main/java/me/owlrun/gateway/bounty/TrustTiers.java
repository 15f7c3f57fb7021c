package me.owlrun.gateway.bounty;

import me.owlrun.db.Database;
import me.owlrun.gateway.job.NodeIdentity;

import java.time.Instant;

/// Knows how far a node was to be trusted.
@FunctionalInterface
public interface TrustTiers {

    /// The tier of a node at a time.
    TrustTier of(NodeIdentity node, Instant at);

    /// Trusts nodes by their age and by the share of the last days on which they served.
    static TrustTiers byAge(Database database) {
        return new NodeTrust(new NodeAgeStore(database));
    }
}
