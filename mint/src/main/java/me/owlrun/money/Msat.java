package me.owlrun.money;

/// An amount of money in whole millisats; 1 sat is 1000 msat. May be negative in ledger entries.
///
/// @param value the number of millisats
public record Msat(long value) implements Comparable<Msat> {

    /// Nothing.
    public static final Msat ZERO = new Msat(0);

    /// Millisats in one sat.
    public static final long MSAT_PER_SAT = 1000;

    /// This many millisats.
    public static Msat of(long msat) {
        return new Msat(msat);
    }

    /// This many whole sats.
    ///
    /// @throws ArithmeticException when the amount does not fit
    public static Msat ofSat(long sat) {
        return new Msat(Math.multiplyExact(sat, MSAT_PER_SAT));
    }

    /// The sum, or an `ArithmeticException` when it does not fit.
    public Msat plus(Msat other) {
        return new Msat(Math.addExact(value, other.value));
    }

    /// The difference, or an `ArithmeticException` when it does not fit.
    public Msat minus(Msat other) {
        return new Msat(Math.subtractExact(value, other.value));
    }

    /// The same amount with the other sign.
    public Msat negated() {
        return new Msat(Math.negateExact(value));
    }

    /// Whole sats rounded down: what we pay out when we owe.
    public long floorSat() {
        return Math.floorDiv(value, MSAT_PER_SAT);
    }

    /// Whole sats rounded up: what we ask for when we are owed.
    public long ceilSat() {
        return Math.ceilDiv(value, MSAT_PER_SAT);
    }

    /// What is left over above [#floorSat()], 0 to 999 msat.
    public Msat subSat() {
        return new Msat(Math.floorMod(value, MSAT_PER_SAT));
    }

    /// Whether this is below zero.
    public boolean isNegative() {
        return value < 0;
    }

    /// Whether this is above zero.
    public boolean isPositive() {
        return value > 0;
    }

    /// The smaller of the two.
    public Msat min(Msat other) {
        return value <= other.value ? this : other;
    }

    @Override
    public int compareTo(Msat other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return value + " msat";
    }
}
