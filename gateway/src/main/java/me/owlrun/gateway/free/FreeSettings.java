package me.owlrun.gateway.free;

import me.owlrun.config.Setting;
import me.owlrun.config.Settings;

import java.time.Duration;
import java.util.List;

/// The settings of what nodes give away, and of karma.
public final class FreeSettings {

    private static final long TOKENS_MAX = 1_000_000_000_000L;
    private static final long PERCENT_MAX = 1_000;

    static final Setting<Boolean> ENABLED =
            Setting.flag(
                    "free.enabled",
                    "whether who does not pay is served where a node gives some of its capacity"
                            + " away; never with key.required",
                    true);

    static final Setting<Long> REQUESTS =
            Setting.number(
                    "free.requests",
                    "free requests per minute of one address or IPv6 /64",
                    "",
                    1,
                    1_000_000,
                    5);

    static final Setting<Long> TOKENS =
            Setting.number("free.tokens", "tokens of a free answer", "", 1, 1_000_000, 512);

    static final Setting<Long> PROMPT_TOKENS =
            Setting.number(
                    "free.prompt_tokens",
                    "the most tokens that a free prompt can be, a byte counted as one",
                    "",
                    200,
                    1_000_000,
                    8_192);

    static final Setting<Long> AT_ONCE =
            Setting.number("free.at_once", "free answers under way at a time", "", 1, 100_000, 32);

    static final Setting<Duration> WINDOW =
            Setting.seconds(
                    "free.window",
                    "time over which what a node gives is held to its free_tier_pct",
                    1,
                    86_400,
                    600);

    static final Setting<Long> KARMA_DAYS =
            Setting.number("karma.days", "days that karma lasts", "", 1, 366, 30);

    static final Setting<Long> KARMA_REQUESTER =
            Setting.number(
                    "karma.requester_tokens",
                    "free tokens a day that count for one provider from one network (IPv4 /24,"
                            + " IPv6 /48)",
                    "",
                    0,
                    TOKENS_MAX,
                    1_000);

    static final Setting<Long> KARMA_DAY =
            Setting.number(
                    "karma.day_tokens",
                    "free tokens a day that count for one provider",
                    "",
                    0,
                    TOKENS_MAX,
                    200_000);

    static final Setting<Long> SILVER = tokens("karma.silver", "silver", 50_000);
    static final Setting<Long> GOLD = tokens("karma.gold", "gold", 500_000);
    static final Setting<Long> DIAMOND = tokens("karma.diamond", "diamond", 5_000_000);
    static final Setting<Long> SILVER_WEIGHT = weight("karma.silver_weight", "silver", 110);
    static final Setting<Long> GOLD_WEIGHT = weight("karma.gold_weight", "gold", 125);
    static final Setting<Long> DIAMOND_WEIGHT = weight("karma.diamond_weight", "diamond", 150);

    static final Setting<Duration> KARMA_EVERY =
            Setting.milliseconds(
                    "karma.every", "how often karma is added up", 100, 3_600_000, 30_000);

    /// All of them.
    public static final List<Setting<?>> TABLE =
            List.of(
                    ENABLED,
                    REQUESTS,
                    TOKENS,
                    PROMPT_TOKENS,
                    AT_ONCE,
                    WINDOW,
                    KARMA_DAYS,
                    KARMA_REQUESTER,
                    KARMA_DAY,
                    SILVER,
                    GOLD,
                    DIAMOND,
                    SILVER_WEIGHT,
                    GOLD_WEIGHT,
                    DIAMOND_WEIGHT,
                    KARMA_EVERY);

    private FreeSettings() {}

    private static Setting<Long> tokens(String name, String tier, long usual) {
        return Setting.number(name, "karma of the tier " + tier, "tokens", 1, TOKENS_MAX, usual);
    }

    private static Setting<Long> weight(String name, String tier, long usual) {
        return Setting.number(
                name,
                "weight of the tier " + tier + " among equal nodes; bronze has 100",
                "percent",
                100,
                PERCENT_MAX,
                usual);
    }

    static KarmaRules karma(Settings settings) {
        return new KarmaRules(
                settings.get(KARMA_DAYS).intValue(),
                settings.get(KARMA_REQUESTER),
                settings.get(KARMA_DAY),
                List.of(
                        new KarmaRules.Tier("bronze", 0, 100),
                        tier(settings, "silver", SILVER, SILVER_WEIGHT),
                        tier(settings, "gold", GOLD, GOLD_WEIGHT),
                        tier(settings, "diamond", DIAMOND, DIAMOND_WEIGHT)));
    }

    private static KarmaRules.Tier tier(
            Settings settings, String name, Setting<Long> from, Setting<Long> weight) {
        return new KarmaRules.Tier(name, settings.get(from), settings.get(weight));
    }
}
