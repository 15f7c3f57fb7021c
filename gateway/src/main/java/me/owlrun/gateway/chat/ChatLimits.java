package me.owlrun.gateway.chat;

import me.owlrun.money.Msat;

import java.time.Duration;

/// How long a job may take in each of its phases, how often it is tried, and the least it costs.
///
/// @param acceptMax until the node takes the offer
/// @param firstByteMax from then until the first piece
/// @param silenceMax between two pieces
/// @param jobMax in all
/// @param nodesMax nodes that are tried
/// @param writeMax for one write to the buyer
/// @param costMin the smallest cost of a job
public record ChatLimits(
        Duration acceptMax,
        Duration firstByteMax,
        Duration silenceMax,
        Duration jobMax,
        int nodesMax,
        Duration writeMax,
        Msat costMin) {}
