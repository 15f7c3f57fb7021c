package me.owlrun.mint.lightning;

import me.owlrun.bolt11.Invoice;
import me.owlrun.bolt11.PaymentHash;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.money.Msat;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/// A Lightning node as the mint needs it. All calls may take seconds and may be made by several
/// processes at once.
public interface Lightning extends AutoCloseable {

    /// How long [#pay] may take at most; a payment that takes longer is answered as pending.
    Duration PAY_WAIT_MAX = Duration.ofSeconds(30);

    /// Makes an invoice.
    ///
    /// @param amount above zero
    /// @param description what the payer is shown
    /// @param expiry how long it can be paid
    /// @throws LightningException when the node does not answer
    NewInvoice createInvoice(Msat amount, String description, Duration expiry);

    /// What an invoice of this node received, once it is settled.
    ///
    /// @throws LightningException when the node does not answer
    Optional<Msat> received(PaymentHash paymentHash);

    /// Tells the node that the mint itself is about to pay this invoice out of its own books, so
    /// that a backend which pays by itself leaves it alone.
    void reserveForMint(PaymentHash paymentHash);

    /// Names who is told, soon after, that an invoice was paid. A hint only: it may be lost.
    void onReceived(Consumer<PaymentHash> listener);

    /// The most that paying may cost, above zero, in steps of a unit.
    long feeReserve(long amount, CurrencyUnit unit);

    /// Pays. Never pays an invoice twice: a second call for the same attempt pays only when the
    /// node has no trace of the first.
    ///
    /// @throws LightningException when nobody can tell what became of it
    PaymentOutcome pay(OutgoingPayment payment);

    /// What became of an attempt to pay.
    ///
    /// @throws LightningException when the node does not answer
    PaymentOutcome look(OutgoingPayment payment);

    @Override
    void close();

    /// An invoice that was just made.
    ///
    /// @param request the invoice in lower case
    /// @param paymentHash what names it
    /// @param preimageHex the 32 bytes that prove its payment, as hexadecimal digits; the mint
    ///   needs them to settle between its own quotes
    record NewInvoice(String request, PaymentHash paymentHash, String preimageHex) {}

    /// One attempt to pay an invoice.
    ///
    /// @param attemptId names the attempt
    /// @param invoice what is paid
    /// @param amount what it asks for
    /// @param feeLimit the most that may be paid on top
    /// @param unit the unit of the quote that pays
    record OutgoingPayment(
            UUID attemptId, Invoice invoice, Msat amount, Msat feeLimit, CurrencyUnit unit) {}
}
