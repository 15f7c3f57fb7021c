package me.owlrun.gateway.bounty;

import me.owlrun.gateway.job.NodeIdentity;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;

/// Trusts a node by its age and by the share of the last days on which its provider served: what
/// the database knows without anybody's measuring.
final class NodeTrust implements TrustTiers {

    /// The days that count, the current one left out.
    private static final int DAYS = 14;

    private static final int PERMILLE = 1000;

    private final NodeAgeStore ages;

    NodeTrust(NodeAgeStore ages) {
        this.ages = ages;
    }

    @Override
    public TrustTier of(NodeIdentity node, Instant at) {
        Optional<Instant> since = ages.firstRegisteredAt(node);
        if (since.isEmpty()) {
            return TrustTier.T0;
        }
        Duration age = Duration.between(since.get(), at);
        long days = Math.clamp(age.toDays(), 1, DAYS);
        LocalDate today = LocalDate.ofInstant(at, ZoneOffset.UTC);
        long served = ages.daysServed(node.providerId(), today.minusDays(days), today);
        return TrustTier.of(age, (int) Math.min(PERMILLE, served * PERMILLE / days));
    }
}
