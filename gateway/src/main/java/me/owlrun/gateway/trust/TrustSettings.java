package me.owlrun.gateway.trust;

import me.owlrun.config.Setting;
import me.owlrun.config.Settings;
import me.owlrun.money.Msat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The settings of this package.
public final class TrustSettings {

    private static final long POINTS_MAX = 100_000;
    private static final long YEAR_SECONDS = 31_536_000;

    private static final Setting<Duration> HALF_LIFE =
            Setting.seconds(
                    "trust.half_life",
                    "after this long half of the points against a node are forgotten",
                    60,
                    YEAR_SECONDS,
                    604_800);
    private static final Setting<Long> PUT_AWAY =
            Setting.number(
                    "trust.put_away",
                    "points from which a node gets no jobs",
                    "",
                    1,
                    POINTS_MAX,
                    100);
    private static final Setting<Long> CANARY_LIMIT =
            Setting.number(
                    "trust.canary_limit",
                    "thousandths of wrong canaries beyond the fair share that count as a sign",
                    "",
                    500,
                    100_000,
                    4_000);
    private static final Setting<Long> CANARY =
            points("trust.points.canary", "points for that sign", 40);
    private static final Setting<Long> FAST =
            points("trust.points.too_fast", "points for an answer faster than hardware is", 10);
    private static final Setting<Long> COUNT =
            points(
                    "trust.points.over_report",
                    "points for a count of more than twice what an answer can have",
                    20);
    private static final Setting<Long> DIGEST =
            points("trust.points.digest", "points for a digest that is not the model's", 60);
    private static final Setting<Long> DROPS =
            Setting.number(
                    "trust.drops_per_hour",
                    "jobs that a node may take and lose in an hour; 0: any number",
                    "",
                    0,
                    1_000_000,
                    20);
    private static final Setting<Duration> DROP_REST =
            Setting.seconds(
                    "trust.drop_rest",
                    "how long a node that lost more gets no jobs",
                    1,
                    604_800,
                    3_600);
    private static final Setting<Optional<Path>> DIGESTS =
            Setting.path(
                    "trust.digests.file",
                    "known digests by model as JSON, lists of texts; empty: none are known");
    private static final Setting<Duration> ESCROW_TIME =
            Setting.seconds(
                    "escrow.time",
                    "a new node's earnings cannot be taken out for this long",
                    0,
                    YEAR_SECONDS,
                    259_200);
    private static final Setting<Long> ESCROW_JOBS =
            Setting.number(
                    "escrow.jobs",
                    "jobs after which they can be taken out sooner",
                    "",
                    1,
                    1_000_000,
                    1_000);
    private static final Setting<Long> ESCROW_FREE =
            Setting.number(
                    "escrow.free",
                    "of such earnings this much can be taken out at once",
                    "sat",
                    0,
                    1_000_000_000,
                    3_000);

    /// All of them.
    public static final List<Setting<?>> TABLE =
            List.of(
                    HALF_LIFE,
                    PUT_AWAY,
                    CANARY_LIMIT,
                    CANARY,
                    FAST,
                    COUNT,
                    DIGEST,
                    DROPS,
                    DROP_REST,
                    DIGESTS,
                    ESCROW_TIME,
                    ESCROW_JOBS,
                    ESCROW_FREE);

    private TrustSettings() {}

    private static Setting<Long> points(String name, String meaning, long standard) {
        return Setting.number(name, meaning, "", 0, POINTS_MAX, standard);
    }

    /// The rules that settings make.
    public static TrustRules rules(Settings settings) {
        return new TrustRules(
                settings.get(HALF_LIFE),
                settings.get(PUT_AWAY),
                settings.get(CANARY_LIMIT),
                settings.get(CANARY),
                settings.get(FAST),
                settings.get(COUNT),
                settings.get(DIGEST),
                settings.get(DROPS),
                settings.get(DROP_REST),
                new TrustRules.EscrowRules(
                        settings.get(ESCROW_TIME),
                        settings.get(ESCROW_JOBS),
                        Msat.ofSat(settings.get(ESCROW_FREE))));
    }

    /// The digests that are known.
    static Digests digests(Settings settings) {
        return settings.get(DIGESTS).map(Digests::read).orElse(Digests.NONE);
    }
}
