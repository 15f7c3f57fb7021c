package me.owlrun.cashu;

import java.util.ArrayList;
import java.util.List;

/// Splits amounts into the powers of two that keysets have keys for (NUT-00).
public final class Amounts {

    private Amounts() {}

    /// The powers of two that add up to an amount, smallest first; empty for zero.
    ///
    /// @throws IllegalArgumentException when the amount is negative
    public static List<Long> split(long amount) {
        requireNotNegative(amount);
        List<Long> parts = new ArrayList<>();
        for (long rest = amount; rest != 0; rest &= rest - 1) {
            parts.add(Long.lowestOneBit(rest));
        }
        return parts;
    }

    /// Powers of two that add up to an amount and of which some subset adds up to every smaller
    /// amount, smallest first: whoever holds them can give any change without asking the mint.
    ///
    /// @throws IllegalArgumentException when the amount is negative
    public static List<Long> splitForAnyChange(long amount) {
        requireNotNegative(amount);
        List<Long> parts = new ArrayList<>();
        long rest = amount;
        for (long part = 1; part > 0 && part <= rest; part <<= 1) {
            parts.add(part);
            rest -= part;
        }
        parts.addAll(split(rest));
        parts.sort(Long::compare);
        return parts;
    }

    private static void requireNotNegative(long amount) {
        if (amount < 0) {
            throw new IllegalArgumentException("an amount is not negative");
        }
    }
}
