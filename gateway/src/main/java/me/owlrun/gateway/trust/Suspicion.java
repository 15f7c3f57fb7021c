package me.owlrun.gateway.trust;

import java.time.Duration;

/// Points against a node, in thousandths: they add up and fade, half of them in each half-life.
final class Suspicion {

    static final long MILLI = 1_000;

    private Suspicion() {}

    /// What is left of points.
    static long faded(long pointsMilli, Duration age, Duration halfLife) {
        if (!age.isPositive()) {
            return pointsMilli;
        }
        double halves = age.toMillis() / (double) halfLife.toMillis();
        return Math.round(pointsMilli * Math.pow(0.5, halves));
    }
}
