package me.owlrun.gateway.oracle;

import java.time.LocalDate;
import java.util.Optional;

/// Names the rate that a bill is made with, so that the bill can be recomputed.
///
/// @param day whose price it is; empty for the operator's fixed price
/// @param version of that day's price; 0 for the operator's
public record RateId(Optional<LocalDate> day, int version) {

    /// The operator's fixed price.
    static final RateId MANUAL = new RateId(Optional.empty(), 0);

    private static final String MANUAL_TEXT = "manual";

    /// As it is stored and shown: `2026-11-20/1` or `manual`.
    @Override
    public String toString() {
        return day.map(date -> date + "/" + version).orElse(MANUAL_TEXT);
    }
}
