package me.owlrun.gateway.bounty;

import java.time.Duration;
import java.util.Locale;

/// How far a node is trusted, by its age and its score: each tier opens a higher multiplier.
public enum TrustTier {
    /// Everybody at first.
    T0(Duration.ZERO, 0),
    /// A week old and nine of ten.
    T1(Duration.ofDays(7), 900),
    /// A month old and 97 of a hundred.
    T2(Duration.ofDays(30), 970),
    /// Three months old and 99 of a hundred.
    T3(Duration.ofDays(90), 990);

    private final Duration ageMin;
    private final int scoreMinPermille;

    TrustTier(Duration ageMin, int scoreMinPermille) {
        this.ageMin = ageMin;
        this.scoreMinPermille = scoreMinPermille;
    }

    /// The highest tier whose age and score a node has.
    ///
    /// @param scorePermille 0 to 1000
    public static TrustTier of(Duration age, int scorePermille) {
        TrustTier tier = T0;
        for (TrustTier candidate : values()) {
            if (age.compareTo(candidate.ageMin) >= 0
                    && scorePermille >= candidate.scoreMinPermille) {
                tier = candidate;
            }
        }
        return tier;
    }

    /// How old a node of this tier is at least.
    Duration ageMin() {
        return ageMin;
    }

    /// What its score is at least.
    int scoreMinPermille() {
        return scoreMinPermille;
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
