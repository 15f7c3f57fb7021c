package me.owlrun.bolt11;

import me.owlrun.money.Msat;

import java.math.BigInteger;
import java.util.Optional;

/// The amount in an invoice's prefix: a number of bitcoin, or with a letter of a thousandth (`m`),
/// a millionth (`u`), a billionth (`n`) or a trillionth (`p`) of it.
final class InvoiceAmount {

    private static final BigInteger MSAT_PER_BITCOIN = new BigInteger("100000000000");
    private static final BigInteger MSAT_MAX =
            BigInteger.valueOf(21_000_000).multiply(MSAT_PER_BITCOIN);
    private static final long MSAT_PER_MILLI = 100_000_000;
    private static final long MSAT_PER_MICRO = 100_000;
    private static final long MSAT_PER_NANO = 100;
    private static final long PICO_PER_MSAT = 10;

    private InvoiceAmount() {}

    static String format(Msat amount) {
        long msat = amount.value();
        if (msat % MSAT_PER_MILLI == 0) {
            return msat / MSAT_PER_MILLI + "m";
        }
        if (msat % MSAT_PER_MICRO == 0) {
            return msat / MSAT_PER_MICRO + "u";
        }
        if (msat % MSAT_PER_NANO == 0) {
            return msat / MSAT_PER_NANO + "n";
        }
        return Math.multiplyExact(msat, PICO_PER_MSAT) + "p";
    }

    /// The amount, or nothing when it is not one of whole millisats from 1 to all bitcoin there
    /// will be.
    static Optional<Msat> parse(String text) {
        if (!text.matches("[1-9][0-9]{0,19}[munp]?")) {
            return Optional.empty();
        }
        char last = text.charAt(text.length() - 1);
        boolean hasLetter = !Character.isDigit(last);
        BigInteger number = new BigInteger(hasLetter ? text.substring(0, text.length() - 1) : text);
        BigInteger[] msat =
                switch (hasLetter ? last : ' ') {
                    case 'm' -> whole(number, MSAT_PER_MILLI);
                    case 'u' -> whole(number, MSAT_PER_MICRO);
                    case 'n' -> whole(number, MSAT_PER_NANO);
                    case 'p' -> number.divideAndRemainder(BigInteger.valueOf(PICO_PER_MSAT));
                    default -> whole(number, MSAT_PER_BITCOIN.longValue());
                };
        boolean ok = msat[1].signum() == 0 && msat[0].compareTo(MSAT_MAX) <= 0;
        return ok ? Optional.of(Msat.of(msat[0].longValue())) : Optional.empty();
    }

    private static BigInteger[] whole(BigInteger number, long msatPerUnit) {
        return new BigInteger[] {number.multiply(BigInteger.valueOf(msatPerUnit)), BigInteger.ZERO};
    }
}
