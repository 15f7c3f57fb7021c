package me.owlrun.mint.crash;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/// A clock that several processes share and that runs faster than the real one, so that leases of a
/// minute run out while a test waits.
///
/// @param base when it showed the real time
/// @param speed how many of its seconds pass in a real one
/// @param ahead how far it was set forward on top
record FastClock(Instant base, int speed, Duration ahead, ZoneId zone) {

    private static final Clock REAL = Clock.systemUTC();

    /// The same clock everywhere from now on.
    static FastClock fromNow(int speed) {
        return new FastClock(REAL.instant(), speed, Duration.ZERO, ZoneOffset.UTC);
    }

    /// Reads what [#text] wrote.
    static FastClock parse(String text) {
        String[] parts = text.split(",", -1);
        return new FastClock(
                Instant.ofEpochMilli(Long.parseLong(parts[0])),
                Integer.parseInt(parts[1]),
                Duration.ofMillis(Long.parseLong(parts[2])),
                ZoneOffset.UTC);
    }

    /// For a command line.
    String text() {
        return base.toEpochMilli() + "," + speed + "," + ahead.toMillis();
    }

    /// The same clock, set forward.
    FastClock forward(Duration by) {
        return new FastClock(base, speed, ahead.plus(by), zone);
    }

    /// As the mint takes it.
    Clock clock() {
        return new Clock() {
            @Override
            public Instant instant() {
                Instant real = REAL.instant();
                return base.plus(Duration.between(base, real).multipliedBy(speed)).plus(ahead);
            }

            @Override
            public ZoneId getZone() {
                return zone;
            }

            @Override
            public Clock withZone(ZoneId other) {
                return new FastClock(base, speed, ahead, other).clock();
            }
        };
    }
}
