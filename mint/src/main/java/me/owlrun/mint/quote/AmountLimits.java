package me.owlrun.mint.quote;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.money.Msat;

/// The smallest and largest amount of one quote: one step of the unit, and a number of sats.
///
/// @param mintMax the most one mint quote may ask for
/// @param meltMax the most one melt quote may pay
public record AmountLimits(Msat mintMax, Msat meltMax) {

    /// The most one mint quote may ask for, in steps of a unit.
    public long mintMaxSteps(CurrencyUnit unit) {
        return unit.floorSteps(mintMax);
    }

    /// The most one melt quote may pay, in steps of a unit.
    public long meltMaxSteps(CurrencyUnit unit) {
        return unit.floorSteps(meltMax);
    }
}
