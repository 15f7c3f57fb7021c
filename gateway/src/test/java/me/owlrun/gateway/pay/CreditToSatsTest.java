package me.owlrun.gateway.pay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Looks for a way from free credit to sats: a group that opens accounts, gets credit, serves, buys
/// from itself and from others, refers itself, earns bounties and takes out whatever it can, on the
/// real ledger. More seeds and steps: `-Dowlrun.credit.steps=N`.
final class CreditToSatsTest {

    private static final int STEPS = Integer.getInteger("owlrun.credit.steps", 1_000);

    /// Whoever pays in nothing and sells to nobody who pays in sats takes out nothing.
    @ParameterizedTest
    @ValueSource(longs = 1)
    void credit_alone_neverBecomesSats(long seed) {
        try (CreditGroup group = new CreditGroup(seed, false)) {
            group.run(STEPS);
            assertEquals(0, group.takenMsat() + group.satsMsat() + group.waitingSatsMsat());
            assertTrue(group.creditMsat() > 0);
            assertTrue(group.bounties() > 0, "no bounty was accrued");
        }
    }

    /// With sats of its own, bought or not from itself, and sats of others for what it served, it
    /// never has more than what it and they paid.
    @ParameterizedTest
    @ValueSource(longs = 3)
    void sats_areNeverMoreThanWhatWasPaidIn(long seed) {
        try (CreditGroup group = new CreditGroup(seed, true)) {
            group.run(STEPS);
            assertTrue(group.takenMsat() > 0, "nothing was taken out");
            assertTrue(group.bounties() > 0, "no bounty was accrued");
        }
    }
}
