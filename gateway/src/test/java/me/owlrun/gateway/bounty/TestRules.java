package me.owlrun.gateway.bounty;

import me.owlrun.config.Settings;

import java.util.List;
import java.util.Map;

/// Rules as settings make them.
final class TestRules {

    private TestRules() {}

    /// The defaults.
    static BountyRules usual() {
        return BountySettings.rules(
                Settings.read(BountySettings.TABLE, "OWLRUN_TEST_", Map.of(), List.of()));
    }

    /// With another multiplier for the highest tier, whether it is allowed or not.
    static BountyRules withTop(int permille) {
        BountyRules usual = usual();
        return new BountyRules(
                usual.feedPercent(),
                usual.creditFeedPercent(),
                usual.keepPercent(),
                usual.multiplierMax(),
                Map.of(TrustTier.T3, permille),
                usual.flap(),
                usual.vest(),
                usual.payersMin(),
                usual.payersWindow(),
                usual.bar(),
                usual.every(),
                usual.referralPercent());
    }
}
