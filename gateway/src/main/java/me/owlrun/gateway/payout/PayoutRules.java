package me.owlrun.gateway.payout;

import me.owlrun.money.Msat;

import java.time.Duration;

/// The operator's rules for payouts.
///
/// @param every how often accounts that are due are paid
/// @param firstMin the balance of an account's first payout
/// @param coolOff how long after a change of address nothing is paid to the new one
/// @param accountDayMax the most one account is paid over Lightning in 24 hours
/// @param hourMax the most all accounts are paid over Lightning in an hour
/// @param openMax the most that is under way over Lightning at once
/// @param unknownMax payouts without a known end before no more are sent
/// @param proofRequired whether a payment counts only with the preimage of its invoice
public record PayoutRules(
        Duration every,
        Msat firstMin,
        Duration coolOff,
        Msat accountDayMax,
        Msat hourMax,
        Msat openMax,
        long unknownMax,
        boolean proofRequired) {}
