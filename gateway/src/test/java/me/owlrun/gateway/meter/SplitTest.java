package me.owlrun.gateway.meter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.money.Msat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The split of spec section 2, by hand and over many costs.
final class SplitTest {

    private static final Msat LEAST = Msat.of(10);

    @ParameterizedTest(name = "{0} msat, {1}")
    @CsvSource(
            textBlock =
                    """
                    # cost, tier, provider, fee, fx
                    10,      STARTER, 5,      5,     0
                    10,      ULTRA,   5,      5,     0
                    11,      STARTER, 11,     0,     0
                    12,      STARTER, 11,     1,     0
                    99,      STARTER, 91,     8,     0
                    100,     STARTER, 91,     8,     1
                    101,     STARTER, 91,     9,     1
                    1000,    STARTER, 901,    89,    10
                    1000,    PRO,     921,    69,    10
                    1000,    ELITE,   941,    49,    10
                    1000,    ULTRA,   951,    39,    10
                    100000,  STARTER, 90090,  8910,  1000
                    1000000, STARTER, 900900, 89100, 10000
                    """)
    void of_costsOfEveryTier_areSplitAsWorkedOutByHand(
            long cost, ProviderTier tier, long provider, long fee, long fx) {
        Split split = Split.of(Msat.of(cost), tier, LEAST);
        assertEquals(new Split(Msat.of(provider), Msat.of(fee), Msat.of(fx)), split);
    }

    @Test
    void of_anyCost_addsUpAndGivesTheProviderItsShare() {
        for (ProviderTier tier : ProviderTier.values()) {
            for (long cost = 11; cost < 20_000; cost++) {
                Split split = Split.of(Msat.of(cost), tier, LEAST);
                assertEquals(cost, split.cost().value());
                long price = cost - split.fx().value();
                assertTrue(split.provider().value() * 100 >= price * (100 - tier.feePercent()));
                assertTrue(split.fx().value() * 100 <= cost);
            }
        }
    }

    @Test
    void of_belowTheFloor_isAMistake() {
        assertThrows(
                IllegalArgumentException.class,
                () -> Split.of(Msat.of(9), ProviderTier.STARTER, LEAST));
    }

    @ParameterizedTest(name = "{0} msat")
    @CsvSource({"2000, 1000, 1000, 0", "2001, 1803, 178, 20"})
    void of_aJobOfSeed001_costsTwoSatsAtLeastOneForEach(
            long cost, long provider, long fee, long fx) {
        Split split = Split.of(Msat.of(cost), ProviderTier.STARTER, Msat.ofSat(2));
        assertEquals(new Split(Msat.of(provider), Msat.of(fee), Msat.of(fx)), split);
    }

    @Test
    void of_anOddFloor_givesTheProviderTheOddMillisat() {
        Split split = Split.of(Msat.of(11), ProviderTier.ULTRA, Msat.of(11));
        assertEquals(new Split(Msat.of(6), Msat.of(5), Msat.ZERO), split);
    }

    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
                    0, STARTER
                    999999, STARTER
                    1000000, PRO
                    9999999, PRO
                    10000000, ELITE
                    99999999, ELITE
                    100000000, ULTRA
                    """)
    void tier_byTokensOfTheMonth(long tokens, ProviderTier tier) {
        assertEquals(tier, ProviderTier.of(tokens));
    }
}
