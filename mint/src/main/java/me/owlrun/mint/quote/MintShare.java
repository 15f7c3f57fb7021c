package me.owlrun.mint.quote;

import java.util.UUID;

/// What one quote gives to an issue of ecash.
///
/// @param quoteId the quote
/// @param amount steps of its unit, above zero
record MintShare(UUID quoteId, long amount) {}
