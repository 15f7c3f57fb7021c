package me.owlrun.gateway.meter;

import me.owlrun.gateway.oracle.BtcRate;
import me.owlrun.money.Msat;

import java.math.BigInteger;

/// A model's price at a rate: turns tokens into millisats and back, in whole numbers throughout
/// (spec section 2).
///
/// `P = ceil(pico-USD · 10 / cents per BTC)`, because one bitcoin is 10¹¹ msat and one cent 10¹⁰
/// pico-USD; the buyer pays `C = ceil(P · 100 / 99)`, at least the smallest cost, an anti-spam
/// floor.
///
/// @param price what the tokens cost in USD
/// @param rate what a bitcoin costs in USD
/// @param costMin the smallest cost of a job
public record Tariff(ModelPrice price, BtcRate rate, Msat costMin) {

    private static final BigInteger MSAT_PER_PICO_USD_AT_ONE_CENT = BigInteger.TEN;
    private static final BigInteger BUYER_PERCENT = BigInteger.valueOf(100);
    private static final BigInteger PRICE_PERCENT = BigInteger.valueOf(99);

    /// What the buyer pays for these tokens.
    ///
    /// @throws ArithmeticException when it does not fit
    public Msat cost(Usage usage) {
        BigInteger scaled = picoUsd(usage).multiply(MSAT_PER_PICO_USD_AT_ONE_CENT);
        BigInteger priceMsat = ceilDivide(scaled, BigInteger.valueOf(rate.usdCentsPerBtc()));
        BigInteger costMsat = ceilDivide(priceMsat.multiply(BUYER_PERCENT), PRICE_PERCENT);
        Msat cost = Msat.of(costMsat.longValueExact());
        return cost.compareTo(costMin) < 0 ? costMin : cost;
    }

    /// The most completion tokens that an amount pays for beside a prompt; below zero when it does
    /// not even pay for the prompt or the smallest cost.
    ///
    /// @param value what was paid
    /// @param promptTokens tokens of the prompt, or a bound on them
    public long affordableCompletionTokens(Msat value, long promptTokens) {
        if (value.compareTo(costMin) < 0) {
            return -1;
        }
        BigInteger priceMsat =
                BigInteger.valueOf(value.value()).multiply(PRICE_PERCENT).divide(BUYER_PERCENT);
        BigInteger picoUsd =
                priceMsat
                        .multiply(BigInteger.valueOf(rate.usdCentsPerBtc()))
                        .divide(MSAT_PER_PICO_USD_AT_ONE_CENT);
        BigInteger left = picoUsd.subtract(times(price.inputPicoUsd(), promptTokens));
        if (left.signum() < 0) {
            return -1;
        }
        return left.divide(BigInteger.valueOf(price.outputPicoUsd()))
                .min(BigInteger.valueOf(Long.MAX_VALUE))
                .longValueExact();
    }

    private BigInteger picoUsd(Usage usage) {
        return times(price.inputPicoUsd(), usage.promptTokens())
                .add(times(price.outputPicoUsd(), usage.completionTokens()));
    }

    private static BigInteger times(long a, long b) {
        return BigInteger.valueOf(a).multiply(BigInteger.valueOf(b));
    }

    private static BigInteger ceilDivide(BigInteger dividend, BigInteger divisor) {
        return dividend.add(divisor).subtract(BigInteger.ONE).divide(divisor);
    }
}
