package me.owlrun.gateway.payout;

import me.owlrun.money.Msat;

/// What is held for the way of a Lightning payment: a share of the amount, at least 5 sats. The
/// payee pays what the way really costs; the rest comes back.
final class FeeReserve {

    /// The share that is tried first, in per cent.
    static final int PERCENT_MIN = 1;

    /// The share that is tried last, in per cent.
    static final int PERCENT_MAX = 3;

    private static final Msat LEAST = Msat.ofSat(5);
    private static final int WHOLE = 100;

    private FeeReserve() {}

    /// The reserve for an amount.
    static Msat of(Msat amount, int percent) {
        Msat share = Msat.of(Math.ceilDiv(Math.multiplyExact(amount.value(), percent), WHOLE));
        return share.compareTo(LEAST) > 0 ? share : LEAST;
    }

    /// The most whole sats that a balance pays for together with their reserve; zero for none.
    static Msat largestAmount(Msat balance, int percent) {
        long byShare = Math.multiplyExact(balance.value(), WHOLE) / (WHOLE + percent);
        long byLeast = balance.minus(LEAST).value();
        Msat amount = Msat.ofSat(Msat.of(Math.min(byShare, byLeast)).floorSat());
        return amount.isPositive() ? amount : Msat.ZERO;
    }
}
