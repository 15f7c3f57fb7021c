package me.owlrun.mint.audit;

import java.time.Instant;
import java.util.List;

/// The outcome of an audit that a mint of this database made by itself.
///
/// @param at when it began
/// @param whole whether everything was derived again, not only what is quick
/// @param breaches the names of the checks that found something
public record AuditResult(Instant at, boolean whole, List<String> breaches) {

    /// Whether the books were right.
    public boolean clean() {
        return breaches.isEmpty();
    }
}
