package me.owlrun.gateway.oracle;

import java.time.Instant;

/// What one source said.
///
/// @param usdCents cents for one bitcoin, above zero
/// @param at when that was the price
record Quote(PriceSource source, long usdCents, Instant at) {}
