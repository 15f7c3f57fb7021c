package me.owlrun.gateway.bounty;

import me.owlrun.config.ConfigException;
import me.owlrun.config.Setting;
import me.owlrun.config.Settings;
import me.owlrun.gateway.meter.Flap;
import me.owlrun.gateway.referral.Referrals;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/// The settings of bounties, and of what a switch of models costs.
public final class BountySettings {

    private static final int PERMILLE_PER_PERCENT = 10;

    private static final Setting<Long> FEED =
            percent("bounty.feed", "of the fee, less referrals, that goes to the pool", 0, 20);
    private static final Setting<Long> CREDIT_FEED =
            percent(
                    "bounty.credit_feed",
                    "of the fee paid in credit that goes to the pool of credit",
                    0,
                    100);
    private static final Setting<Long> KEEP =
            percent(
                    "bounty.keep",
                    "of its cut of each job that the gateway keeps, whatever the bounty",
                    1,
                    10);
    private static final Setting<Long> MULTIPLIER_MAX =
            permille("bounty.multiplier_max", "the highest multiplier of a model", 1_080);
    private static final Setting<Long> MAX_T0 =
            permille("bounty.max.t0", "the highest multiplier of a node of trust tier 0", 1_000);
    private static final Setting<Long> MAX_T1 = permille("bounty.max.t1", "of tier 1", 1_030);
    private static final Setting<Long> MAX_T2 = permille("bounty.max.t2", "of tier 2", 1_060);
    private static final Setting<Long> MAX_T3 = permille("bounty.max.t3", "of tier 3", 1_080);
    private static final Setting<Duration> VEST =
            Setting.seconds(
                    "bounty.vest",
                    "how long a bounty waits before it is paid",
                    0,
                    2_592_000,
                    259_200);
    private static final Setting<Long> PAYERS =
            Setting.number(
                    "bounty.payers",
                    "payers that a node must have served for its bounties to be paid; all ecash of"
                            + " a day counts as one",
                    "",
                    1,
                    1_000,
                    3);
    private static final Setting<Duration> PAYERS_WINDOW =
            Setting.seconds(
                    "bounty.payers_window",
                    "how long before a job its node's payers count",
                    0,
                    2_592_000,
                    604_800);
    private static final Setting<Duration> BAR =
            Setting.seconds(
                    "bounty.bar",
                    "how long a node that was found cheating gets no bounties",
                    0,
                    31_536_000,
                    1_209_600);
    private static final Setting<Duration> EVERY =
            Setting.seconds("bounty.every", "between two rounds of bounties", 1, 86_400, 30);
    private static final Setting<Duration> FLAP_FADE =
            Setting.seconds(
                    "flap.fade",
                    "time in which what a switch of models costs fades away",
                    0,
                    2_592_000,
                    259_200);
    private static final Setting<Long> FLAP_BOUNTY =
            percent("flap.bounty", "of a bounty that is lost right after a switch", 0, 30);
    private static final Setting<Long> FLAP_BASE =
            percent("flap.base", "of the pay for jobs that is lost right after a switch", 0, 10);

    /// All of them.
    public static final List<Setting<?>> TABLE =
            List.of(
                    FEED,
                    CREDIT_FEED,
                    KEEP,
                    MULTIPLIER_MAX,
                    MAX_T0,
                    MAX_T1,
                    MAX_T2,
                    MAX_T3,
                    VEST,
                    PAYERS,
                    PAYERS_WINDOW,
                    BAR,
                    EVERY,
                    FLAP_FADE,
                    FLAP_BOUNTY,
                    FLAP_BASE);

    private BountySettings() {}

    private static Setting<Long> percent(String name, String meaning, long min, long usual) {
        return Setting.number(name, meaning, "%", min, 100, usual);
    }

    private static Setting<Long> permille(String name, String meaning, long usual) {
        return Setting.number(name, meaning, "permille", BountyRules.ONE, 10_000, usual);
    }

    /// The rules.
    ///
    /// @throws ConfigException when they would make buying from oneself pay
    static BountyRules rules(Settings settings) {
        BountyRules rules =
                new BountyRules(
                        settings.get(FEED).intValue(),
                        settings.get(CREDIT_FEED).intValue(),
                        settings.get(KEEP).intValue(),
                        settings.get(MULTIPLIER_MAX).intValue(),
                        Map.of(
                                TrustTier.T0, settings.get(MAX_T0).intValue(),
                                TrustTier.T1, settings.get(MAX_T1).intValue(),
                                TrustTier.T2, settings.get(MAX_T2).intValue(),
                                TrustTier.T3, settings.get(MAX_T3).intValue()),
                        flap(settings, FLAP_BOUNTY),
                        settings.get(VEST),
                        settings.get(PAYERS).intValue(),
                        settings.get(PAYERS_WINDOW),
                        settings.get(BAR),
                        settings.get(EVERY),
                        Referrals.SHARE_PERCENT);
        WashBound.problem(rules)
                .ifPresent(problem -> {
                    throw new ConfigException(List.of(problem));
                });
        return rules;
    }

    /// What a switch of models takes of the pay for jobs.
    public static Flap baseFlap(Settings settings) {
        return flap(settings, FLAP_BASE);
    }

    private static Flap flap(Settings settings, Setting<Long> percent) {
        return new Flap(
                settings.get(percent).intValue() * PERMILLE_PER_PERCENT, settings.get(FLAP_FADE));
    }
}
