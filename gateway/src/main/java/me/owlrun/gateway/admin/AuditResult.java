package me.owlrun.gateway.admin;

import java.time.Instant;
import java.util.List;

/// What an audit of the money found.
///
/// @param at when it looked
/// @param findings one line for each invariant that does not hold; none when all is right
public record AuditResult(Instant at, List<String> findings) {

    /// Whether everything holds.
    public boolean isClean() {
        return findings.isEmpty();
    }
}
