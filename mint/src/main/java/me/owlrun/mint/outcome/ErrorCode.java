package me.owlrun.mint.outcome;

/// The error codes this mint emits, as `error_codes.md` of the NUTs numbers them; 50000 stands for
/// everything that has no code there.
public enum ErrorCode {
    /// A signature was not made by this mint.
    PROOF_INVALID(10001, "Proof verification failed"),
    /// An input was spent before, or with other outputs.
    PROOFS_SPENT(11001, "Proofs already spent"),
    /// An input is part of a payment under way.
    PROOFS_PENDING(11002, "Proofs are pending"),
    /// An output was signed before.
    OUTPUTS_SIGNED(11003, "Outputs already signed"),
    /// An output waits for the change of a payment under way.
    OUTPUTS_PENDING(11004, "Outputs are pending"),
    /// The sums do not match.
    UNBALANCED(11005, "Transaction is not balanced"),
    /// An amount is beyond a limit of this mint.
    AMOUNT_OUT_OF_RANGE(11006, "Amount outside of limit range"),
    /// An input is there twice.
    DUPLICATE_INPUTS(11007, "Duplicate inputs provided"),
    /// An output is there twice.
    DUPLICATE_OUTPUTS(11008, "Duplicate outputs provided"),
    /// Inputs, or outputs, of several units.
    SEVERAL_UNITS(11009, "Inputs or outputs of multiple units"),
    /// Inputs, outputs or quote of different units.
    UNIT_MISMATCH(11010, "Inputs and outputs are not of the same unit"),
    /// The invoice leaves the amount open.
    AMOUNTLESS_INVOICE(11011, "Amountless invoice is not supported"),
    /// The amount that the payer names is not one the invoice can be paid with.
    AMOUNT_MISMATCH(11012, "Amount in request does not equal invoice"),
    /// This mint has no such unit.
    UNIT_UNSUPPORTED(11013, "Unit in request is not supported"),
    /// More inputs than allowed.
    TOO_MANY_INPUTS(11014, "Max inputs exceeded"),
    /// More outputs than allowed.
    TOO_MANY_OUTPUTS(11015, "Max outputs exceeded"),
    /// A quote is in a batch twice.
    DUPLICATE_QUOTES(11016, "Duplicate quote IDs provided"),
    /// More quotes than a batch may have.
    BATCH_TOO_LARGE(11017, "Max batch size exceeded"),
    /// No such keyset.
    KEYSET_UNKNOWN(12001, "Keyset is not known"),
    /// The keyset no longer signs.
    KEYSET_INACTIVE(12002, "Keyset is inactive, cannot sign messages"),
    /// Nobody paid the quote yet.
    QUOTE_UNPAID(20001, "Quote request is not paid"),
    /// The quote's ecash was issued before, for other outputs.
    QUOTE_ISSUED(20002, "Quote has already been issued"),
    /// The mint does not do this at the moment.
    DISABLED(20003, "This is disabled at the moment; try again later"),
    /// Lightning did not pay.
    PAYMENT_FAILED(20004, "Lightning payment failed"),
    /// The quote's payment is under way.
    QUOTE_PENDING(20005, "Quote is pending"),
    /// The invoice was paid before.
    INVOICE_PAID(20006, "Invoice already paid"),
    /// The quote is too old.
    QUOTE_EXPIRED(20007, "Quote is expired"),
    /// The spending condition of an input is not met. Wallets look for words of this sentence and
    /// of the next one.
    WITNESS_INVALID(
            20008,
            "Witness is not valid: too few valid P2PK signatures, or not the preimage asked for"),
    /// The spending condition of an input asks for signatures and there are none.
    WITNESS_MISSING(
            20008,
            "Witness signatures not provided. P2PK signatures are required but not provided"),
    /// The spending condition of an input breaks the rules: nobody can spend it here.
    CONDITION_MALFORMED(20008, "Spending condition is malformed, the proof cannot be spent"),
    /// One input wants signatures over the whole request, and another has a different condition.
    CONDITIONS_DIFFER(20008, "SIG_ALL needs the same spending condition in every input"),
    /// The quote is locked to a public key, or is not and was signed for.
    QUOTE_SIGNATURE(20008, "Signature for mint request is missing or invalid"),
    /// What should lock a quote is no public key.
    PUBKEY_INVALID(20009, "Pubkey of the mint quote is not a compressed public key"),
    /// More requests at once than the ledger takes.
    BUSY(50000, "The mint is too busy; send the same request again later"),
    /// A keyset would redeem more than it issued.
    KEYSET_UNCOVERED(50000, "More of this keyset would be redeemed than was issued"),
    /// Everything that has no code of its own.
    OTHER(50000, "The request could not be served");

    private final int number;
    private final String detail;

    ErrorCode(int number, String detail) {
        this.number = number;
        this.detail = detail;
    }

    /// The number that travels.
    public int number() {
        return number;
    }

    /// The usual sentence.
    public String detail() {
        return detail;
    }
}
