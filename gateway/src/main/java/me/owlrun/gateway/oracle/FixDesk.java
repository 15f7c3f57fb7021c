package me.owlrun.gateway.oracle;

import com.fasterxml.jackson.databind.node.ObjectNode;

import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/// Where the operator looks at the prices of days and puts a wrong one right. Nothing is changed: a
/// correction is another version with its reason, and bills that were made stay as they are.
public final class FixDesk {

    private static final int DAYS_SHOWN = 14;

    private final Oracle oracle;
    private final FixStore store;
    private final InstantSource clock;

    FixDesk(Oracle oracle, FixStore store, InstantSource clock) {
        this.oracle = oracle;
        this.store = store;
        this.clock = clock;
    }

    /// All versions of the prices of the last days, the newest first.
    public List<ObjectNode> versions() {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        return store.versions(today.minusDays(DAYS_SHOWN)).stream().map(Fix::toJson).toList();
    }

    /// Gives a day another price. This gateway bills with it at once, others within a minute or so.
    ///
    /// @return the new version; empty when the day has no price yet
    public Optional<ObjectNode> correct(LocalDate day, BtcRate rate, String reason) {
        Optional<Fix> right = store.correct(day, rate, reason, clock.instant());
        right.ifPresent(oracle::corrected);
        return right.map(Fix::toJson);
    }
}
