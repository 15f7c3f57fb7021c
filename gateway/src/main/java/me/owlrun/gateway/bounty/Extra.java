package me.owlrun.gateway.bounty;

import me.owlrun.money.Msat;

import java.math.BigInteger;

/// The formula of a bounty, for one job and one unit of money: `base · (m − 1) · (1 − flap)`, at
/// most what the gateway kept of the job, less what a referrer may get of it and what the gateway
/// keeps in any case. So a job never gives back what it cost, whoever bought it: buying from
/// oneself loses, job by job.
final class Extra {

    private static final long PERMILLE = 1000;
    private static final long PERCENT = 100;

    private Extra() {}

    /// What a job was worth in one unit.
    ///
    /// @param base what the provider got
    /// @param fee the gateway's share
    /// @param fx the margin for the exchange rate
    record Parts(Msat base, Msat fee, Msat fx) {

        static final Parts NONE = new Parts(Msat.ZERO, Msat.ZERO, Msat.ZERO);

        /// What the gateway kept, less what a referrer may get.
        Msat cut(int referralPercent) {
            return fee.plus(fx).minus(percent(fee, referralPercent));
        }
    }

    /// The extra pay before pool and budget are asked.
    ///
    /// @param multiplier what counts for this node, in permille
    /// @param flap what it loses, in permille
    static Msat of(Msat base, Msat cut, int multiplier, int flap, int keepPercent) {
        Msat wanted =
                scaled(
                        base,
                        (multiplier - BountyRules.ONE) * (PERMILLE - flap),
                        PERMILLE * PERMILLE);
        return wanted.min(percent(cut, (int) PERCENT - keepPercent));
    }

    /// What of a fee goes to the pool: a referrer's part is left alone.
    static Msat feed(Msat fee, int referralPercent, int feedPercent) {
        return percent(fee.minus(percent(fee, referralPercent)), feedPercent);
    }

    /// A part of an amount in percent, rounded down.
    static Msat percent(Msat amount, int percent) {
        return scaled(amount, percent, PERCENT);
    }

    private static Msat scaled(Msat amount, long times, long over) {
        return Msat.of(
                BigInteger.valueOf(amount.value())
                        .multiply(BigInteger.valueOf(times))
                        .divide(BigInteger.valueOf(over))
                        .longValueExact());
    }
}
