package me.owlrun.gateway.payout;

import java.time.Duration;

/// How long to wait after something did not work, as pure functions.
final class BackOff {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofHours(24);
    private static final Duration LIQUIDITY = Duration.ofMinutes(5);
    private static final Duration LOOK_FIRST = Duration.ofMillis(250);
    private static final Duration LOOK_MAX = Duration.ofMinutes(10);
    private static final int DOUBLINGS_MAX = 20;

    private BackOff() {}

    /// Until the same account is tried again.
    ///
    /// @param failures how many came before in a row
    /// @param atLastFee whether the highest fee was tried
    static Duration untilNextTry(Failure failure, int failures, boolean atLastFee) {
        return switch (failure) {
            case TEMPORARY, BAD_INVOICE -> doubled(MINUTE, failures, HOUR);
            case ADDRESS -> doubled(HOUR, failures, DAY);
            case BELOW_MIN -> HOUR;
            case NO_ROUTE -> atLastFee ? HOUR : MINUTE;
            case OUR_LIQUIDITY -> LIQUIDITY;
        };
    }

    /// Until an open payout is looked at again.
    ///
    /// @param looks how often nothing new was seen
    static Duration untilNextLook(int looks) {
        return doubled(LOOK_FIRST, looks, LOOK_MAX);
    }

    private static Duration doubled(Duration first, int times, Duration max) {
        Duration wait = first.multipliedBy(1L << Math.min(times, DOUBLINGS_MAX));
        return wait.compareTo(max) < 0 ? wait : max;
    }
}
