package me.owlrun.mint.ldk;

import me.owlrun.bolt11.PaymentHash;

import java.time.Instant;

/// A payment that a node made of an invoice, and how it ended.
///
/// @param index counts the attempts of the node from one
/// @param preimageHex the proof of it; all zero until it succeeded, as LND shows it
/// @param reason why it failed; NONE unless it did
public record SentPayment(
        PaymentHash hash,
        String request,
        long amountMsat,
        Instant created,
        long index,
        Status status,
        String preimageHex,
        long feeMsat,
        Reason reason) {

    private static final String NO_PREIMAGE = "0".repeat(64);

    /// Where a payment stands, in the words of LND.
    public enum Status {
        IN_FLIGHT,
        SUCCEEDED,
        FAILED
    }

    /// Why a payment failed, in the words of LND behind `FAILURE_REASON_`.
    public enum Reason {
        NONE,
        NO_ROUTE,
        ERROR,
        INCORRECT_PAYMENT_DETAILS,
        INSUFFICIENT_BALANCE
    }

    static SentPayment begun(
            PaymentHash hash, String request, long amountMsat, Instant created, long index) {
        return new SentPayment(
                hash,
                request,
                amountMsat,
                created,
                index,
                Status.IN_FLIGHT,
                NO_PREIMAGE,
                0,
                Reason.NONE);
    }

    SentPayment succeeded(String proof, long fee) {
        return new SentPayment(
                hash,
                request,
                amountMsat,
                created,
                index,
                Status.SUCCEEDED,
                proof,
                fee,
                Reason.NONE);
    }

    SentPayment failed(Reason why) {
        return new SentPayment(
                hash, request, amountMsat, created, index, Status.FAILED, preimageHex, 0, why);
    }

    /// Whether nothing can change any more.
    boolean ended() {
        return status != Status.IN_FLIGHT;
    }
}
