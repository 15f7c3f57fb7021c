package me.owlrun.mint.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.SortedMap;
import java.util.UUID;

/// How mint quotes are charged for the ecash that entries issue, as a step of their transaction;
/// the quotes' own package knows how.
@FunctionalInterface
public interface QuoteRows {

    /// Takes amounts from quotes, in the order of their identifiers.
    ///
    /// @param amounts steps of each quote's unit
    /// @return false when one of them does not allow it; the caller rolls back
    boolean issue(Connection connection, SortedMap<UUID, Long> amounts, Instant now)
            throws SQLException;
}
