package me.owlrun.gateway.topup;

/// Says that a top-up has moved on under another owner; the transaction rolls back.
final class TopupLostException extends RuntimeException {

    /// @param id the top-up
    TopupLostException(String id) {
        super("top-up " + id + " has moved on");
    }
}
