package me.owlrun.mint.step;

/// A place in the life of a swap, a mint or a melt. docs/mint.md says what a crash there leaves
/// behind; the crash tests kill the process at each of them.
public enum Step {
    /// A swap's inputs are checked, nothing is signed.
    SWAP_VERIFIED,
    /// A swap's outputs are signed in memory.
    SWAP_SIGNED,
    /// A swap is committed, its answer not sent.
    SWAP_COMMITTED,
    /// A mint quote is known to be paid, nothing is signed.
    MINT_VERIFIED,
    /// The ecash of a mint quote is signed in memory.
    MINT_SIGNED,
    /// The ecash of a mint quote is committed, its answer not sent.
    MINT_COMMITTED,
    /// The rows of an operation are written, the commit is not.
    LEDGER_WRITTEN,
    /// A melt's inputs are checked, nothing is written.
    MELT_VERIFIED,
    /// The intent to pay is committed, Lightning is not asked.
    MELT_BEGUN,
    /// Lightning answered, nothing of it is written.
    MELT_ANSWERED,
    /// The end of a payment is written, the commit is not.
    MELT_WRITTEN,
    /// The end of a payment is committed, its answer not sent.
    MELT_COMMITTED
}
