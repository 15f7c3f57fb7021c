package me.owlrun.mint.lightning;

/// Says that a node does not let the mint in: wrong credential, wrong rights, wrong certificate.
public final class NodeRefusedException extends LightningException {

    /// @param message what was asked and what went wrong, free of secrets
    public NodeRefusedException(String message) {
        super(message);
    }
}
