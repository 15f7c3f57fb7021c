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

    /// How long [#pay] may take at most; a payment that takes longer is answered as pending, or as
    /// unknown where nothing was heard of it yet.
    Duration PAY_WAIT_MAX = Duration.ofSeconds(30);

    /// Longest that the mint waits before it looks a payment up again.
    Duration LOOK_WAIT_MAX = Duration.ofMinutes(10);

    /// What this backend can do beyond paying an invoice with an amount in full.
    Abilities abilities();

    /// Whether the preimages in [PaymentOutcome.Paid] are those of the invoices, so that a payment
    /// without the right one counts as [PaymentOutcome.Unknown]. True for everything that moves
    /// money; only play money can have no proof.
    boolean provesPayments();

    /// Whether invoices with this currency prefix, such as `bc`, are of the node's network. No
    /// other can be paid.
    boolean isOnNetwork(String prefix);

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
    Optional<Received> received(PaymentHash paymentHash);

    /// Tells the node that the mint itself is about to pay this invoice out of its own books, so
    /// that a backend which pays by itself leaves it alone.
    void reserveForMint(PaymentHash paymentHash);

    /// Names who is told, soon after, that an invoice was paid. A hint only: it may be lost, come
    /// twice, or come from a thread of the backend's own.
    ///
    /// @param afterIndex the highest [Received#index] that is in the books; zero: from the
    ///   beginning
    void onReceived(Consumer<PaymentHash> listener, long afterIndex);

    /// What the node knows beforehand of the cost of paying; zero when it knows nothing. The mint
    /// has a least fee reserve of its own.
    ///
    /// @param amount what is to arrive: the invoice's amount, or the part or the amount that the
    ///   payer chose
    /// @param unit the unit of the quote; the mint rounds up to it
    /// @throws LightningException when the node does not answer
    Msat feeReserve(Invoice invoice, Msat amount, CurrencyUnit unit);

    /// Pays. Never pays an invoice twice: a second call for the same attempt pays only when the
    /// node has no trace of the first. An answer of the node that does not prove how it ended, or
    /// no answer, is [PaymentOutcome.Unknown]; this method does not throw for what happens outside.
    PaymentOutcome pay(OutgoingPayment payment);

    /// What became of an attempt to pay; [PaymentOutcome.Unknown] when the node does not answer.
    PaymentOutcome look(OutgoingPayment payment);

    /// Who the node is and what it holds.
    ///
    /// @throws LightningException when the node does not answer
    NodeState node();

    /// The same, up to a second old, for the first look before something is begun. Whoever decides
    /// by a look-up asks [#node]: an answer from before the node was swapped could give inputs back
    /// for a payment that only the other node knows.
    ///
    /// @throws LightningException when the node does not answer
    NodeState recentNode();

    @Override
    void close();

    /// An invoice that was just made.
    ///
    /// @param request the invoice in lower case
    /// @param paymentHash what names it
    /// @param preimageHex the 32 bytes that prove its payment, as hexadecimal digits; the mint
    ///   needs them to settle between its own quotes
    record NewInvoice(String request, PaymentHash paymentHash, String preimageHex) {}

    /// What a backend can do.
    ///
    /// @param amountless pays an invoice without amount at an amount of the payer's choice
    /// @param partial pays a part of an invoice while other mints pay the rest (NUT-15)
    /// @param subSat makes invoices over parts of a sat, and can choose such an amount
    record Abilities(boolean amountless, boolean partial, boolean subSat) {}

    /// What arrived for an invoice of this node.
    ///
    /// @param amount what the payer is credited
    /// @param kept what the backend kept of it for liquidity; the mint's expense
    /// @param index counts settled invoices upwards on backends that do, else 0
    record Received(Msat amount, Msat kept, long index) {}

    /// A node.
    ///
    /// @param id its public key or another name for ever; a payment is looked up at no other
    /// @param spendable what it can send
    /// @param ready whether it is synchronised and can pay
    record NodeState(String id, Msat spendable, boolean ready) {}

    /// One attempt to pay an invoice.
    ///
    /// @param attemptId names the attempt
    /// @param invoice what is paid
    /// @param amount what is to arrive; less than the invoice's amount means a part (NUT-15)
    /// @param feeLimit the most that may be paid on top
    /// @param unit the unit of the quote that pays
    record OutgoingPayment(
            UUID attemptId, Invoice invoice, Msat amount, Msat feeLimit, CurrencyUnit unit) {}
}
