package me.owlrun.gateway.routing;

import java.time.Duration;

/// How fast a node makes tokens of one model. Above the floor speed does not matter; below it, some
/// jobs in a row, the node gets no more jobs of the model until a probe is fast enough (seed
/// `002`). Used under the lock of the [Router].
public final class Speed {

    private static final double PERCENT = 100.0;
    private static final double MILLI = 1_000.0;
    private static final double NANOS = 1e9;

    private final RoutingRules.SpeedRules rules;
    private double tokensPerSecond;
    private boolean known;
    private int slowJobs;

    /// A node of which nothing is known, which counts as fast enough.
    public Speed(RoutingRules.SpeedRules rules) {
        this.rules = rules;
    }

    /// An answer was made.
    ///
    /// @param tokens in it
    /// @param time from its first token to its last
    public void answered(long tokens, Duration time) {
        if (tokens < rules.tokensMin() || !time.isPositive()) {
            return;
        }
        double now = tokens / (time.toNanos() / NANOS);
        double newest = known ? rules.newestPercent() / PERCENT : 1;
        tokensPerSecond += newest * (now - tokensPerSecond);
        known = true;
        slowJobs = now * MILLI < rules.floorMilliTokensPerSecond() ? slowJobs + 1 : 0;
    }

    /// Whether it gets jobs.
    public boolean isFastEnough() {
        return slowJobs < rules.slowJobsMax();
    }

    /// The running mean in tokens per second; 0 when nothing is known.
    public double tokensPerSecond() {
        return tokensPerSecond;
    }
}
