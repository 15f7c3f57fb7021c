package me.owlrun.gateway.pay;

/// A place in the life of a payment at which a crash has to be harmless; the fault tests kill the
/// process at each of them. While the mint is asked there is none: there the tests cut the line.
public enum PayStep {
    /// The intent is committed, the mint is not asked.
    INTENT_WRITTEN,
    /// The mint answered the claim, nothing of it is written.
    MINT_ANSWERED,
    /// The claim is committed; a node may have the job already.
    CLAIMED,
    /// A node has the job.
    JOB_OFFERED,
    /// The first piece of the answer is sent to the buyer, or kept for the whole answer.
    FIRST_BYTE,
    /// The answer is complete, nothing is settled.
    SETTLING,
    /// The payment is closed, the buyer does not know; change for blanks is not asked for.
    SETTLED,
    /// The mint signed the change into blanks of the buyer, nothing of that is written.
    CHANGE_SIGNED,
    /// The signatures are stored, the buyer does not know.
    CHANGE_STORED,
    /// The buyer was sent its change.
    CHANGE_SENT
}
