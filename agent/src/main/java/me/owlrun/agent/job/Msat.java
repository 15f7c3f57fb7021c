package me.owlrun.agent.job;

/// An amount of money in whole millisats; there is no smaller part and no rounding here.
///
/// @param value millisats, never negative
public record Msat(long value) implements Comparable<Msat> {
    /// Nothing.
    public static final Msat ZERO = new Msat(0);

    private static final long MSATS_PER_SAT = 1_000;

    /// Refuses a negative amount.
    public Msat {
        if (value < 0) {
            throw new IllegalArgumentException("negative amount");
        }
    }

    /// The sum; an overflow is a broken promise and throws.
    public Msat plus(Msat other) {
        return new Msat(Math.addExact(value, other.value));
    }

    /// The amount in sats with the three places of its millisats, such as `1840.042`.
    public String satText() {
        return "%d.%03d".formatted(value / MSATS_PER_SAT, value % MSATS_PER_SAT);
    }

    @Override
    public int compareTo(Msat other) {
        return Long.compare(value, other.value);
    }
}
