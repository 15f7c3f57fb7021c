package me.owlrun.gateway.node;

import me.owlrun.gateway.oracle.BtcRate;
import me.owlrun.gateway.oracle.Oracle;

/// The prices of bitcoin that nodes are shown.
///
/// @param billing what bills are made with; amounts in USD are made with it, too
/// @param status how much the prices can be trusted
record BtcFigures(
        BtcRate live,
        BtcRate yesterdayFix,
        BtcRate dailyAverage,
        BtcRate weeklyAverage,
        BtcRate billing,
        String status) {

    static BtcFigures of(Oracle oracle) {
        BtcRate rate = oracle.billingRate();
        return new BtcFigures(rate, rate, rate, rate, rate, oracle.status());
    }
}
