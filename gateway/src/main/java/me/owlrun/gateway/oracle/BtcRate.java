package me.owlrun.gateway.oracle;

import java.math.BigDecimal;
import java.math.RoundingMode;

/// A price of one bitcoin in whole US cents.
///
/// @param usdCentsPerBtc cents for one bitcoin, above zero
public record BtcRate(long usdCentsPerBtc) {

    private static final int CENT_DIGITS = 2;

    /// @throws IllegalArgumentException when the price is not above zero
    public BtcRate {
        if (usdCentsPerBtc <= 0) {
            throw new IllegalArgumentException("the price of bitcoin is above zero");
        }
    }

    /// Reads a price such as `87200.00`.
    ///
    /// @throws IllegalArgumentException when it has fractions of a cent or is not above zero
    public static BtcRate ofUsd(String text) {
        try {
            BigDecimal cents = new BigDecimal(text.strip()).movePointRight(CENT_DIGITS);
            return new BtcRate(cents.setScale(0, RoundingMode.UNNECESSARY).longValueExact());
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("a price has at most two decimals", e);
        }
    }

    /// The price in USD, with two decimals.
    public BigDecimal usd() {
        return BigDecimal.valueOf(usdCentsPerBtc, CENT_DIGITS);
    }
}
