package me.owlrun.gateway.routing;

import me.owlrun.config.Setting;
import me.owlrun.config.Settings;

import java.time.Duration;
import java.util.List;

/// The numbers of the router, all public at `GET /v1/economy`.
public final class RoutingSettings {

    /// How often what nodes earned is written.
    public static final Setting<Duration> WRITE_EVERY =
            Setting.milliseconds(
                    "standing.write_every",
                    "how often what nodes earned is written; a crash loses that much",
                    100,
                    60_000,
                    3_000);

    /// How often time online is counted.
    public static final Setting<Duration> ONLINE_EVERY =
            Setting.seconds(
                    "standing.online_every", "how often time online is counted", 1, 600, 60);

    private static final Setting<Long> FAILURES =
            number("breaker.failures", "failures that park a node", "", 1, 1_000_000, 3);
    private static final Setting<Duration> WINDOW =
            Setting.seconds("breaker.window", "time in which they count together", 1, 3_600, 60);
    private static final Setting<Duration> PARKED =
            Setting.milliseconds(
                    "breaker.parked",
                    "how long a parked node gets nothing; then one job decides",
                    100,
                    3_600_000,
                    15_000);
    private static final Setting<Duration> REFUSED =
            Setting.milliseconds(
                    "breaker.refused",
                    "how long a node that said no to a job is asked for none; no failure",
                    0,
                    600_000,
                    2_000);
    private static final Setting<Long> HEALTH_DAYS =
            number("health.days", "days in the health window", "", 1, 90, 14);
    private static final Setting<Long> HEALTH_PROBE =
            number("health.probe", "what a probe counts of a job", "%", 0, 100, 20);
    private static final Setting<Long> HEALTH_OUTCOME =
            number(
                    "health.outcome",
                    "share of outcomes in the score; the rest is time online",
                    "%",
                    0,
                    100,
                    80);
    private static final Setting<Long> RAMP_START =
            number("ramp.start", "share of its declared rate a newcomer has", "%", 1, 100, 25);
    private static final Setting<Duration> RAMP_TIME =
            Setting.seconds(
                    "ramp.time", "time online until it has all of it", 1, 7_776_000, 604_800);
    private static final Setting<Long> SPEED_FLOOR =
            number(
                    "speed.floor",
                    "slower nodes get no jobs of that model",
                    "thousandths of a token/s",
                    0,
                    1_000_000,
                    5_000);
    private static final Setting<Long> SPEED_JOBS =
            number("speed.slow_jobs", "jobs in a row below the floor", "", 1, 1_000, 3);
    private static final Setting<Long> SPEED_TOKENS =
            number("speed.tokens", "shorter answers say nothing", "tokens", 2, 100_000, 32);
    private static final Setting<Long> SPEED_NEWEST =
            number("speed.newest", "weight of the newest job in the mean", "%", 1, 100, 20);
    private static final Setting<Duration> SPEED_PAUSE =
            Setting.seconds(
                    "speed.pause",
                    "how long a slow node gets no jobs of the model; then one job decides",
                    1,
                    86_400,
                    600);
    private static final Setting<Long> STICKY_SPARE =
            number(
                    "sticky.spare",
                    "room a node must have to get the next turn of its conversation",
                    "%",
                    0,
                    100,
                    50);
    private static final Setting<Long> STICKY_PREFIXES =
            number("sticky.prefixes", "beginnings remembered", "", 0, 1_000_000, 20_000);
    private static final Setting<Duration> STICKY_TIME =
            Setting.seconds("sticky.time", "time for which they are", 1, 86_400, 1_800);

    /// All of them.
    public static final List<Setting<?>> TABLE =
            List.of(
                    FAILURES,
                    WINDOW,
                    PARKED,
                    REFUSED,
                    HEALTH_DAYS,
                    HEALTH_PROBE,
                    HEALTH_OUTCOME,
                    RAMP_START,
                    RAMP_TIME,
                    SPEED_FLOOR,
                    SPEED_JOBS,
                    SPEED_TOKENS,
                    SPEED_NEWEST,
                    SPEED_PAUSE,
                    STICKY_SPARE,
                    STICKY_PREFIXES,
                    STICKY_TIME,
                    WRITE_EVERY,
                    ONLINE_EVERY);

    private RoutingSettings() {}

    private static Setting<Long> number(
            String name, String meaning, String unit, long min, long max, long standard) {
        return Setting.number(name, meaning, unit, min, max, standard);
    }

    /// The rules that settings make.
    public static RoutingRules rules(Settings settings) {
        return new RoutingRules(
                new RoutingRules.BreakerRules(
                        settings.get(FAILURES).intValue(),
                        settings.get(WINDOW),
                        settings.get(PARKED),
                        settings.get(REFUSED)),
                new RoutingRules.HealthRules(
                        settings.get(HEALTH_DAYS).intValue(),
                        settings.get(HEALTH_PROBE).intValue(),
                        settings.get(HEALTH_OUTCOME).intValue()),
                new RoutingRules.RampRules(
                        settings.get(RAMP_START).intValue(), settings.get(RAMP_TIME)),
                new RoutingRules.SpeedRules(
                        settings.get(SPEED_FLOOR).intValue(),
                        settings.get(SPEED_JOBS).intValue(),
                        settings.get(SPEED_TOKENS).intValue(),
                        settings.get(SPEED_NEWEST).intValue(),
                        settings.get(SPEED_PAUSE)),
                new RoutingRules.StickyRules(
                        settings.get(STICKY_SPARE).intValue(),
                        settings.get(STICKY_PREFIXES).intValue(),
                        settings.get(STICKY_TIME)));
    }
}
