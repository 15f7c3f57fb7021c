package me.owlrun.mint.quote;

import me.owlrun.money.Msat;

import java.time.Duration;

/// How an operator wants melts to be.
///
/// @param quoteExpiry how long a quote can be taken up
/// @param feePercent the least fee reserve in whole per cent of the amount
/// @param feeMin the least fee reserve
/// @param answerWithin how long a wallet waits for the end of its payment before it is told
///   *pending*
/// @param lease how long one process may hold a payment without a sign of life; longer than
///   [me.owlrun.mint.lightning.Lightning#PAY_WAIT_MAX]
/// @param confirm how long after a look-up that says *failed* the next one may confirm it
/// @param watch how often payments without a holder are looked for
/// @param strangeMax how many payments may be in a state that nobody can tell before melting stops
public record MeltRules(
        Duration quoteExpiry,
        long feePercent,
        Msat feeMin,
        Duration answerWithin,
        Duration lease,
        Duration confirm,
        Duration watch,
        long strangeMax) {}
