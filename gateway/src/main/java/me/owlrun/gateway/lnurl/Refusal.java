package me.owlrun.gateway.lnurl;

/// The check that an address, its server or its invoice did not pass.
public enum Refusal {
    /// The server cannot be reached, fails, or says that it cannot now.
    TEMPORARY(FailureClass.TEMPORARY),
    /// The server's name or address is not one we talk to.
    FORBIDDEN(FailureClass.ADDRESS),
    /// The server does not know the user.
    ADDRESS_UNKNOWN(FailureClass.ADDRESS),
    /// What came is not JSON, or fields have the wrong type.
    FORM(FailureClass.ADDRESS),
    /// It is no pay request.
    TAG(FailureClass.ADDRESS),
    /// The callback is no https address that we talk to.
    CALLBACK(FailureClass.ADDRESS),
    /// The limits make no sense, or the amount is above the highest.
    RANGE(FailureClass.ADDRESS),
    /// The amount is below the lowest.
    BELOW_MIN(FailureClass.BELOW_MIN),
    /// The server wants to know who pays (LUD-18), which we never tell.
    MANDATORY_PAYER_DATA(FailureClass.ADDRESS),
    /// There is no invoice in the answer, or it cannot be read.
    INVOICE(FailureClass.BAD_INVOICE),
    /// The invoice's signature is wrong.
    SIGNATURE(FailureClass.BAD_INVOICE),
    /// The invoice has no payment secret.
    SECRET(FailureClass.BAD_INVOICE),
    /// The invoice is of another network.
    NETWORK(FailureClass.BAD_INVOICE),
    /// The invoice is not over exactly the amount that was asked for.
    AMOUNT(FailureClass.BAD_INVOICE),
    /// The invoice ends too soon, twice in a row.
    EXPIRY(FailureClass.BAD_INVOICE),
    /// The payment could hang for too long.
    CLTV(FailureClass.BAD_INVOICE),
    /// The invoice is not for the address that was looked up.
    DESCRIPTION_HASH(FailureClass.BAD_INVOICE);

    private final FailureClass failureClass;

    Refusal(FailureClass failureClass) {
        this.failureClass = failureClass;
    }

    /// How to go on.
    public FailureClass failureClass() {
        return failureClass;
    }
}
