package me.owlrun.gateway.probe;

import me.owlrun.config.Setting;
import me.owlrun.config.Settings;
import me.owlrun.money.Msat;

import java.time.Duration;
import java.util.List;

/// The settings of this package.
public final class HouseSettings {

    private static final Setting<Duration> EVERY =
            Setting.milliseconds(
                    "house.every",
                    "how often a node is asked by the gateway itself, on average; 0: never",
                    0,
                    86_400_000,
                    1_800_000);
    private static final Setting<Duration> AFTER_FAILURE =
            Setting.milliseconds(
                    "house.after_failure",
                    "how soon a node that lost a job is asked; after the breaker's pause",
                    100,
                    3_600_000,
                    20_000);
    private static final Setting<Long> AT_ONCE =
            Setting.number("house.at_once", "jobs of the house at a time", "", 1, 1_000, 4);
    private static final Setting<Long> CHECK_PERCENT =
            Setting.number("house.checks", "how many of them have a known answer", "%", 0, 100, 60);
    private static final Setting<Duration> PAID_AFTER =
            Setting.seconds(
                    "house.paid_after",
                    "how long a node has to be known before jobs of the house are paid",
                    0,
                    31_536_000,
                    86_400);
    private static final Setting<Long> DAY_MAX =
            Setting.number(
                    "house.day_max",
                    "the most that the faucet pays all nodes in a day",
                    "sat",
                    0,
                    100_000_000,
                    5_000);
    private static final Setting<Long> PROVIDER_DAY_MAX =
            Setting.number(
                    "house.provider_day_max",
                    "the most that it pays one provider",
                    "sat",
                    0,
                    100_000_000,
                    50);

    /// All of them.
    public static final List<Setting<?>> TABLE =
            List.of(
                    EVERY,
                    AFTER_FAILURE,
                    AT_ONCE,
                    CHECK_PERCENT,
                    PAID_AFTER,
                    DAY_MAX,
                    PROVIDER_DAY_MAX);

    private HouseSettings() {}

    /// The rules that settings make.
    static HouseRules rules(Settings settings) {
        return new HouseRules(
                settings.get(EVERY),
                settings.get(AFTER_FAILURE),
                settings.get(AT_ONCE).intValue(),
                settings.get(CHECK_PERCENT).intValue(),
                settings.get(PAID_AFTER),
                Msat.ofSat(settings.get(DAY_MAX)),
                Msat.ofSat(settings.get(PROVIDER_DAY_MAX)));
    }
}
