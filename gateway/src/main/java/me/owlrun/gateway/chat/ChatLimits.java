package me.owlrun.gateway.chat;

import java.time.Duration;

/// How long a job may take in each of its phases, and how often it is tried.
///
/// @param acceptMax until the node takes the offer
/// @param firstByteMax from then until the first piece
/// @param silenceMax between two pieces
/// @param jobMax in all
/// @param nodesMax nodes that are tried
/// @param writeMax for one write to the buyer
public record ChatLimits(
        Duration acceptMax,
        Duration firstByteMax,
        Duration silenceMax,
        Duration jobMax,
        int nodesMax,
        Duration writeMax) {}
