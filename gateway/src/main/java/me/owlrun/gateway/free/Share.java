package me.owlrun.gateway.free;

import java.time.Duration;
import java.time.Instant;

/// What a node may still give away, in milliseconds of one of its places: it fills by its
/// percentage of its capacity as time goes, up to what a window's time brings. A job takes what it
/// used when it is over, so it may go below zero by the jobs under way and no more.
///
/// @param millis what is left
/// @param at when
record Share(long millis, Instant at) {

    private static final long WHOLE = 100;

    /// A full one.
    static Share full(int capacity, int percent, Duration window, Instant now) {
        return new Share(gain(window.toMillis(), capacity, percent), now);
    }

    /// The same, later.
    Share later(int capacity, int percent, Duration window, Instant now) {
        long passed = Math.clamp(Duration.between(at, now).toMillis(), 0, window.toMillis());
        long full = gain(window.toMillis(), capacity, percent);
        long filled = Math.addExact(millis, gain(passed, capacity, percent));
        return new Share(Math.min(full, filled), now);
    }

    /// Less what a job used.
    Share less(Duration used) {
        return new Share(Math.subtractExact(millis, used.toMillis()), at);
    }

    /// Whether there is something left.
    boolean isLeft() {
        return millis > 0;
    }

    private static long gain(long passedMillis, int capacity, int percent) {
        return Math.multiplyExact(Math.multiplyExact(passedMillis, capacity), percent) / WHOLE;
    }
}
