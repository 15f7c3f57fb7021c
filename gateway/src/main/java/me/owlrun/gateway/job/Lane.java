package me.owlrun.gateway.job;

/// Why a job is done; each lane has its own order among nodes and its own limits.
public enum Lane {
    /// A buyer pays for it.
    PAID,
    /// The node gives it away.
    FREE,
    /// The gateway asks, to learn how a node does.
    PROBE
}
