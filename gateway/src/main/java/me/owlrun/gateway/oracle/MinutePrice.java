package me.owlrun.gateway.oracle;

import java.time.Instant;

/// The price that was accepted in one minute.
///
/// @param minute when the minute begins
/// @param usdCents cents for one bitcoin, above zero
/// @param sources who agreed on it, with commas between
record MinutePrice(Instant minute, long usdCents, String sources) {}
