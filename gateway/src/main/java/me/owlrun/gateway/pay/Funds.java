package me.owlrun.gateway.pay;

import me.owlrun.money.Msat;

/// A buyer's means of payment, looked at and not touched: a token, or a key with balance.
public interface Funds {

    /// Whether nothing is paid: the job is done where it is given away.
    default boolean isFree() {
        return false;
    }

    /// Tokens of answer that it is good for, whatever they cost.
    default long completionTokensMax() {
        return Long.MAX_VALUE;
    }

    /// The most that it can pay.
    Msat available();

    /// Takes the money for one job: a durable intent first, then the money itself.
    ///
    /// @param model the model it pays for
    /// @param costMax the most the job can cost; what is taken is at least that
    ClaimResult claim(String model, Msat costMax);
}
