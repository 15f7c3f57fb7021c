package me.owlrun.mint.quote;

import me.owlrun.money.Msat;

/// A payment that arrived for a mint quote.
///
/// @param id names it for ever, so that it is credited once
/// @param amount what is credited, in steps of the quote's unit
/// @param kept what the backend kept for liquidity, the mint's expense
/// @param settleIndex its place in the backend's stream when it was heard there, else 0
record IncomingPayment(String id, long amount, Msat kept, long settleIndex) {}
