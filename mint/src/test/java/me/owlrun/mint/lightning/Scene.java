package me.owlrun.mint.lightning;

/// One thing that can happen between the mint and a node, and what the mint must make of it. Every
/// trap that other mints fell into is here.
public enum Scene {
    /// The payment arrives at once.
    PAYS(Call.PAY, Say.PAID),
    /// An invoice without amount is paid at the amount the payer chose.
    PAYS_AMOUNTLESS(Call.PAY, Say.PAID),
    /// The node tried and gave up.
    FAILS(Call.PAY, Say.FAILED),
    /// The node answers that it will not, say because the invoice has expired; it has no trace.
    DECLINES(Call.PAY, Say.FAILED),
    /// A part of the money hangs on its way.
    HANGS(Call.PAY, Say.PENDING),
    /// The node answers that it paid this already, and finds it.
    ALREADY_PAID(Call.PAY, Say.PAID),
    /// The node answers that it is at it already, and finds it.
    IN_TRANSITION(Call.PAY, Say.PENDING),
    /// The node answers that it knows the payment already, and then does not find it.
    ALREADY_BUT_NOT_FOUND(Call.PAY, Say.UNKNOWN),
    /// The connection ends without an answer.
    CUT_BEFORE_ANSWER(Call.PAY, Say.UNKNOWN),
    /// The connection ends in the middle of the answer.
    CUT_IN_ANSWER(Call.PAY, Say.UNKNOWN),
    /// No answer in time.
    NO_ANSWER(Call.PAY, Say.UNKNOWN),
    /// The answer is not JSON.
    GARBAGE(Call.PAY, Say.UNKNOWN),
    /// The answer names a status that nobody knows.
    UNKNOWN_STATUS(Call.PAY, Say.UNKNOWN),
    /// The node says paid, with a row of zeros for a preimage.
    ZERO_PREIMAGE(Call.PAY, Say.UNKNOWN),
    /// The node says paid, with the preimage of something else.
    WRONG_PREIMAGE(Call.PAY, Say.UNKNOWN),
    /// The node says paid and does not say at which fee.
    NO_FEE(Call.PAY, Say.UNKNOWN),
    /// A proxy answers in place of the node.
    BAD_GATEWAY(Call.PAY, Say.UNKNOWN),
    /// The node refuses the credential, so that nothing can be looked up either.
    LOCKED_OUT(Call.PAY, Say.UNKNOWN),
    /// The invoice is of another network: the node is not even asked.
    OTHER_NETWORK(Call.PAY, Say.FAILED),

    /// Paid, with proof.
    LOOK_PAID(Call.LOOK, Say.PAID),
    /// Under way.
    LOOK_PENDING(Call.LOOK, Say.PENDING),
    /// Failed for good.
    LOOK_FAILED(Call.LOOK, Say.FAILED),
    /// What failed was an earlier attempt.
    LOOK_FAILED_BEFORE(Call.LOOK, Say.NOT_FOUND),
    /// No trace.
    LOOK_NOT_FOUND(Call.LOOK, Say.NOT_FOUND),
    /// Paid, with the preimage of something else.
    LOOK_WRONG_PREIMAGE(Call.LOOK, Say.UNKNOWN),
    /// A status that nobody knows.
    LOOK_UNKNOWN_STATUS(Call.LOOK, Say.UNKNOWN),
    /// The answer is about another payment.
    LOOK_OTHER_PAYMENT(Call.LOOK, Say.UNKNOWN),
    /// The connection ends in the middle of the answer.
    LOOK_CUT(Call.LOOK, Say.UNKNOWN),
    /// The answer is not JSON.
    LOOK_GARBAGE(Call.LOOK, Say.UNKNOWN),
    /// The node has a fault of its own.
    LOOK_ERROR(Call.LOOK, Say.UNKNOWN);

    /// Which call is made.
    public enum Call {
        /// [Lightning#pay].
        PAY,
        /// [Lightning#look].
        LOOK
    }

    /// The kind of outcome.
    public enum Say {
        /// Paid.
        PAID,
        /// Pending.
        PENDING,
        /// Failed.
        FAILED,
        /// Not found.
        NOT_FOUND,
        /// Unknown.
        UNKNOWN;

        static Say of(PaymentOutcome outcome) {
            return switch (outcome) {
                case PaymentOutcome.Paid _ -> PAID;
                case PaymentOutcome.Pending _ -> PENDING;
                case PaymentOutcome.Failed _ -> FAILED;
                case PaymentOutcome.NotFound _ -> NOT_FOUND;
                case PaymentOutcome.Unknown _ -> UNKNOWN;
            };
        }
    }

    private final Call call;
    private final Say say;

    Scene(Call call, Say say) {
        this.call = call;
        this.say = say;
    }

    /// Which call the scene is about.
    public Call call() {
        return call;
    }

    /// What must come of it.
    public Say say() {
        return say;
    }
}
