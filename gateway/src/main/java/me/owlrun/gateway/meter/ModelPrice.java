package me.owlrun.gateway.meter;

import java.math.BigDecimal;
import java.math.RoundingMode;

/// What a model's tokens cost, in whole pico-USD (10⁻¹² USD) per token. 5,000 of them are the
/// seed's `$0.005` per million tokens.
///
/// @param inputPicoUsd per prompt token
/// @param outputPicoUsd per completion token, above zero
public record ModelPrice(long inputPicoUsd, long outputPicoUsd) {

    private static final int PICO_DIGITS = 12;
    private static final int PER_TOKEN_DECIMALS = 10;
    private static final int MILLION_DIGITS = 6;

    /// The dearest token that is accepted from a price list: 1 USD per thousand.
    private static final long PICO_USD_MAX = 1_000_000_000;

    /// @throws IllegalArgumentException when a price is out of bounds
    public ModelPrice {
        if (inputPicoUsd < 0 || outputPicoUsd <= 0) {
            throw new IllegalArgumentException("a price is not below zero, and output costs");
        }
        if (inputPicoUsd > PICO_USD_MAX || outputPicoUsd > PICO_USD_MAX) {
            throw new IllegalArgumentException("a price is beyond 1000 USD per million tokens");
        }
    }

    /// Reads prices in USD per million tokens, such as `0.005` and `0.01`.
    ///
    /// @throws IllegalArgumentException when one is finer than a pico-USD per token
    public static ModelPrice perMillion(BigDecimal inputUsd, BigDecimal outputUsd) {
        return new ModelPrice(picoPerToken(inputUsd), picoPerToken(outputUsd));
    }

    private static long picoPerToken(BigDecimal usdPerMillion) {
        try {
            return usdPerMillion
                    .movePointRight(PICO_DIGITS - MILLION_DIGITS)
                    .setScale(0, RoundingMode.UNNECESSARY)
                    .longValueExact();
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("a price is finer than a pico-USD per token", e);
        }
    }

    /// USD per million prompt tokens, exact.
    public BigDecimal inputUsdPerMillion() {
        return usdPerMillion(inputPicoUsd);
    }

    /// USD per million completion tokens, exact.
    public BigDecimal outputUsdPerMillion() {
        return usdPerMillion(outputPicoUsd);
    }

    /// USD per prompt token with at least ten decimals, as OpenRouter's lists write it.
    public String inputUsdPerToken() {
        return usdPerToken(inputPicoUsd);
    }

    /// USD per completion token with at least ten decimals.
    public String outputUsdPerToken() {
        return usdPerToken(outputPicoUsd);
    }

    private static BigDecimal usdPerMillion(long picoUsd) {
        BigDecimal exact = BigDecimal.valueOf(picoUsd, PICO_DIGITS - MILLION_DIGITS);
        BigDecimal shortest = exact.stripTrailingZeros();
        return shortest.scale() < 0 ? shortest.setScale(0) : shortest;
    }

    private static String usdPerToken(long picoUsd) {
        BigDecimal exact = BigDecimal.valueOf(picoUsd, PICO_DIGITS).stripTrailingZeros();
        return exact.setScale(Math.max(PER_TOKEN_DECIMALS, exact.scale())).toPlainString();
    }
}
