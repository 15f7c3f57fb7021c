package me.owlrun.gateway.routing;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// How fast a node makes tokens of one model. Above the floor speed does not matter; below it, some
/// jobs in a row, the node gets no more jobs of the model until a probe is fast enough, or for some
/// time, after which one job decides (seed `002`). Used under the lock of the [Router].
public final class Speed {

    private static final double PERCENT = 100.0;
    private static final double MILLI = 1_000.0;
    private static final double NANOS = 1e9;

    private final RoutingRules.SpeedRules rules;
    private double tokensPerSecond;
    private boolean known;
    private int slowJobs;
    private Instant slowUntil = Instant.EPOCH;

    /// A node of which nothing is known, which counts as fast enough.
    public Speed(RoutingRules.SpeedRules rules) {
        this.rules = rules;
    }

    /// What is kept of it.
    ///
    /// @param milliTokensPerSecond the running mean in thousandths
    /// @param slowJobs in a row
    /// @param slowUntil when a slow node may try again
    public record Known(long milliTokensPerSecond, int slowJobs, Instant slowUntil) {}

    /// A node of which this is known.
    Speed(RoutingRules.SpeedRules rules, Known known) {
        this.rules = rules;
        this.tokensPerSecond = known.milliTokensPerSecond / MILLI;
        this.known = true;
        this.slowJobs = known.slowJobs;
        this.slowUntil = known.slowUntil;
    }

    /// What is to be kept, once anything is known.
    Optional<Known> known() {
        return known
                ? Optional.of(new Known(Math.round(tokensPerSecond * MILLI), slowJobs, slowUntil))
                : Optional.empty();
    }

    /// An answer was made.
    ///
    /// @param tokens in it
    /// @param time from its first token to its last
    public void answered(long tokens, Duration time, Instant at) {
        if (tokens < rules.tokensMin() || !time.isPositive()) {
            return;
        }
        double now = tokens / (time.toNanos() / NANOS);
        double newest = known ? rules.newestPercent() / PERCENT : 1;
        tokensPerSecond += newest * (now - tokensPerSecond);
        known = true;
        slowJobs = now * MILLI < rules.floorMilliTokensPerSecond() ? slowJobs + 1 : 0;
        if (slowJobs >= rules.slowJobsMax()) {
            slowJobs = rules.slowJobsMax();
            slowUntil = at.plus(rules.pause());
        }
    }

    /// Whether it gets jobs.
    public boolean isFastEnough(Instant now) {
        return slowJobs < rules.slowJobsMax() || !now.isBefore(slowUntil);
    }

    /// When a slow node may try again.
    Instant slowUntil() {
        return slowUntil;
    }

    /// The running mean in tokens per second; 0 when nothing is known.
    public double tokensPerSecond() {
        return tokensPerSecond;
    }
}
