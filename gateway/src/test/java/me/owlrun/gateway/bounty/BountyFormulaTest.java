package me.owlrun.gateway.bounty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.gateway.meter.Flap;
import me.owlrun.gateway.meter.ProviderTier;
import me.owlrun.gateway.meter.Split;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;

/// The formulas of bounties: tables, and the bound over random jobs.
final class BountyFormulaTest {

    private static final Instant SWITCHED = Instant.parse("2026-11-21T00:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "0, 1000, T0",
        "167, 1000, T0",
        "168, 899, T0",
        "168, 900, T1",
        "720, 960, T1",
        "720, 970, T2",
        "2160, 989, T2",
        "2160, 990, T3",
        "2159, 1000, T2",
    })
    void trust_byAgeAndScore(long hours, int score, TrustTier tier) {
        assertEquals(tier, TrustTier.of(Duration.ofHours(hours), score));
    }

    @ParameterizedTest
    @CsvSource({"0, 300", "36, 150", "71, 5", "72, 0", "500, 0", "-1, 300"})
    void flap_fadesInThreeDays(long hours, int permille) {
        Flap flap = new Flap(300, Duration.ofDays(3));
        Instant at = SWITCHED.plus(Duration.ofHours(hours));
        assertEquals(permille, flap.permille(Optional.of(SWITCHED), at));
        assertEquals(0, flap.permille(Optional.empty(), at));
    }

    @ParameterizedTest
    @CsvSource({
        // base, cut, multiplier, flap, keep = extra
        "1000, 1000, 1050, 0, 10, 50",
        "1000, 1000, 1050, 300, 10, 35",
        "1000, 1000, 1000, 0, 10, 0",
        "1000, 40, 1050, 0, 10, 36",
        "1000, 0, 1050, 0, 10, 0",
        "19, 10, 1050, 0, 10, 0",
        "1000000000000000, 1000000000000000, 1080, 0, 1, 80000000000000",
    })
    void extra_isFlooredAndBelowTheCut(
            long base, long cut, int multiplier, int flap, int keep, long extra) {
        assertEquals(Msat.of(extra), Extra.of(Msat.of(base), Msat.of(cut), multiplier, flap, keep));
    }

    /// The bound itself, job by job, whatever the settings and whoever refers whom.
    @Test
    void extra_ofAnyJob_givesBackLessThanItCost() {
        SplittableRandom random = new SplittableRandom(7);
        ProviderTier[] tiers = ProviderTier.values();
        for (int i = 0; i < 200_000; i++) {
            Msat cost = Msat.of(random.nextLong(10, 1L << random.nextInt(5, 50)));
            ProviderTier tier = tiers[random.nextInt(tiers.length)];
            Split split = Split.of(cost, tier, Msat.of(10)).flapped(random.nextInt(0, 1_001));
            int referral = 20;
            Extra.Parts parts = new Extra.Parts(split.provider(), split.fee(), split.fx());
            Msat extra =
                    Extra.of(
                            split.provider(),
                            parts.cut(referral),
                            random.nextInt(1_000, 10_001),
                            random.nextInt(0, 1_001),
                            random.nextInt(1, 101));
            Msat back = split.provider().plus(extra).plus(Extra.percent(split.fee(), referral));
            // the smallest jobs have no fee: they give back all, and never with a bounty
            int bound = extra.isPositive() ? -1 : 0;
            assertTrue(back.compareTo(cost) <= bound, () -> cost + " gives back " + back);
        }
    }

    @Test
    void bound_ofTheDefaults_holdsForEveryTier() {
        BountyRules rules = TestRules.usual();
        assertEquals(Optional.empty(), WashBound.problem(rules));
        for (ProviderTier tier : ProviderTier.values()) {
            for (TrustTier trust : TrustTier.values()) {
                assertTrue(WashBound.backWithBounty(tier, rules, trust) < 1_000_000);
            }
        }
        // an Ultra node keeps 95.04 %, so no multiplier above 1.0394 can be true for it
        assertEquals(1_039, WashBound.multiplierMax(ProviderTier.ULTRA, rules, TrustTier.T3));
        assertEquals(1_080, WashBound.multiplierMax(ProviderTier.STARTER, rules, TrustTier.T3));
    }

    @Test
    void bound_thatIsBroken_isSaid() {
        String problem = WashBound.problem(TestRules.withTop(1_089)).orElseThrow();
        assertTrue(problem.contains("bounty.max.t3"), problem);
        assertTrue(problem.contains("at most 1088"), problem);
        assertEquals(Optional.empty(), WashBound.problem(TestRules.withTop(1_088)));
    }
}
