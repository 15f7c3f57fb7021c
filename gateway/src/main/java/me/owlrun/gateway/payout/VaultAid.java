package me.owlrun.gateway.payout;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.gateway.vault.Consolidator;
import me.owlrun.gateway.vault.Exchanger;

/// What helps when the vault has not the coins for a payout at hand.
///
/// @param exchanger makes coins of one unit of those of the other
/// @param consolidator makes few large coins of many small ones
record VaultAid(Exchanger exchanger, Consolidator consolidator) {

    /// Sees to coins of a unit.
    ///
    /// @return what the payout may expect now
    Exchanger.Result fill(CurrencyUnit unit, long steps) {
        Exchanger.Result result = exchanger.fill(unit, steps);
        if (result == Exchanger.Result.BUSY) {
            consolidator.merge(unit);
        }
        return result;
    }

    /// Coins are here, and too small or in others' hands.
    void busy(CurrencyUnit unit) {
        consolidator.merge(unit);
    }
}
