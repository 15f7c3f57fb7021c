package me.owlrun.gateway.ledger;

/// Says that a caller broke a promise of the ledger; its transaction must roll back.
public final class LedgerException extends RuntimeException {

    /// @param message what was tried, on which transfer, and what now
    public LedgerException(String message) {
        super(message);
    }
}
