package me.owlrun.agent.link;

import me.owlrun.agent.wire.GatewayStats;

import java.util.Optional;

/// How the link stands, for people.
///
/// @param connected whether the control channel is open
/// @param stats what the gateway last said about this node, if it said anything since the start
public record LinkStatus(boolean connected, Optional<GatewayStats> stats) {
    static final LinkStatus NEW = new LinkStatus(false, Optional.empty());
}
