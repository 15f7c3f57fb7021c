package me.owlrun.mint.ledger;

/// How much one request may hold. Larger ones are refused before any work is done.
public final class Limits {

    /// Proofs in one request.
    public static final int INPUTS_MAX = 1000;

    /// Blinded messages in one request.
    public static final int OUTPUTS_MAX = 1000;

    /// UTF-8 bytes of one secret.
    public static final int SECRET_BYTES_MAX = 1024;

    /// UTF-8 bytes of one witness.
    public static final int WITNESS_BYTES_MAX = 1024;

    /// Quotes in one batch (NUT-29).
    public static final int BATCH_MAX = 100;

    private Limits() {}
}
