package me.owlrun.mint.ledger;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.UUID;

/// Makes identifiers: UUID version 7 (RFC 9562), 48 bits of time so that indexes stay compact, 74
/// bits of chance so that nobody can guess a quote.
public final class Ids {

    private final InstantSource clock;
    private final SecureRandom random;

    /// @param random where the chance comes from
    public Ids(InstantSource clock, SecureRandom random) {
        this.clock = clock;
        this.random = random;
    }

    /// A new identifier.
    public UUID next() {
        long high = (clock.millis() << 16) | 0x7000 | (random.nextInt() & 0x0fff);
        long low = (random.nextLong() >>> 2) | (1L << 63);
        return new UUID(high, low);
    }
}
