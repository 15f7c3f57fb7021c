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

    /// Powers of two that add up to an amount and of which some subset adds up to every amount from
    /// what is left after the largest cost to the whole, smallest first: change for any cost up to
    /// a bound, in fewer and larger parts than change for any cost at all.
    ///
    /// @param costMax the most that is kept
    /// @throws IllegalArgumentException when the amount or the bound is negative
    public static List<Long> splitForChange(long amount, long costMax) {
        requireNotNegative(costMax);
        List<Long> best = splitForAnyChange(amount);
        if (costMax >= amount) {
            return best;
        }
        for (long spendable : spendableParts(amount, costMax)) {
            List<Long> parts = splitForAnyChange(spendable);
            parts.addAll(split(amount - spendable));
            if (parts.size() < best.size()) {
                best = parts;
            }
        }
        best.sort(Long::compare);
        return best;
    }

    /// How much of an amount may be split for any change: at least the bound, and so that the rest
    /// or the part itself is round.
    private static List<Long> spendableParts(long amount, long costMax) {
        List<Long> parts = new ArrayList<>(List.of(costMax));
        int bits = Long.SIZE - Long.numberOfLeadingZeros(costMax);
        for (int bit = bits; bit <= bits + 2 && bit < Long.SIZE - 2; bit++) {
            long power = 1L << bit;
            long low = amount & (power - 1);
            parts.add(power - 1);
            parts.add(low);
            parts.add(low + power);
        }
        parts.removeIf(part -> part < costMax || part > amount);
        return parts;
    }

    private static void requireNotNegative(long amount) {
        if (amount < 0) {
            throw new IllegalArgumentException("an amount is not negative");
        }
    }
}
