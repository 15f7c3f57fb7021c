package me.owlrun.gateway.routing;

import java.time.Duration;
import java.util.List;

/// What a machine has earned, at one moment.
///
/// @param rampShare of its declared rate
/// @param online how long it was there in all
/// @param score of its health window, 0 to 1
/// @param karma the factor of its lots
/// @param days its health window, oldest first
public record Earned(
        double rampShare, Duration online, double score, double karma, List<Health.Day> days) {}
