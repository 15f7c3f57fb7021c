package me.owlrun.mint.ldk;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.bolt11.PaymentHash;

import org.ldk.structs.Invoice;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/// The calls of LND that answer with lines until all is said.
final class LndStreams {

    private static final Duration FOR_EVER = Duration.ofDays(1);

    private final LdkNode node;
    private final BooleanSupplier closed;
    private final AtomicInteger listeners = new AtomicInteger();

    /// @param closed whether all streams have to end
    LndStreams(LdkNode node, BooleanSupplier closed) {
        this.node = node;
        this.closed = closed;
    }

    /// Takes lines to the client.
    interface Lines {

        /// The request was taken: from here on it has its effect, whatever becomes of the answer.
        void taken() throws IOException;

        /// One line.
        void write(ObjectNode result) throws IOException;
    }

    /// Sends a payment; it goes on when the client goes away.
    void send(LndRequest request, Lines lines) throws IOException {
        Invoice invoice = LndCalls.parsed(request.text("payment_request"));
        long amountMsat = amountMsat(request, invoice);
        if (invoice.is_expired()) {
            throw LndError.unknown("invoice expired. Valid until " + invoice.timestamp());
        }
        if (Arrays.equals(invoice.recover_payee_pub_key(), node.id())) {
            throw LndError.unknown("self-payments not allowed");
        }
        long feeLimitMsat =
                request.number("fee_limit_msat") + request.number("fee_limit_sat") * 1000;
        Optional<SentPayment> before = node.pay(invoice, amountMsat, feeLimitMsat);
        if (before.isPresent()) {
            throw LndError.alreadyExists(
                    before.get().ended() ? "invoice is already paid" : "payment is in transition");
        }
        lines.taken();
        follow(PaymentHash.of(invoice.payment_hash()), request, lines);
    }

    private static long amountMsat(LndRequest request, Invoice invoice) {
        long chosen = request.number("amt_msat") + request.number("amt") * 1000;
        OptionalLong asked = LdkResults.number(invoice.amount_milli_satoshis());
        if (asked.isPresent() && chosen != 0) {
            throw LndError.unknown(
                    "amount must not be specified when paying a non-zero amount invoice");
        }
        if (asked.isEmpty() && chosen == 0) {
            throw LndError.unknown("amount must be specified when paying a zero amount invoice");
        }
        return asked.orElse(chosen);
    }

    /// Tells what became of a payment; the state of now comes first.
    void track(LndRequest request, Lines lines) throws IOException {
        PaymentHash hash = request.base64Hash();
        if (node.payments().find(hash).isEmpty()) {
            throw LndError.notFound("payment isn't initiated");
        }
        lines.taken();
        follow(hash, request, lines);
    }

    private void follow(PaymentHash hash, LndRequest request, Lines lines) throws IOException {
        SentPayment now = node.payments().find(hash).orElseThrow();
        if (!now.ended() && !request.flag("no_inflight_updates")) {
            lines.write(LndJson.payment(now));
        }
        boolean ended =
                node.changes()
                        .await(
                                FOR_EVER,
                                () ->
                                        closed.getAsBoolean()
                                                || node.payments()
                                                        .find(hash)
                                                        .orElseThrow()
                                                        .ended());
        if (ended && !closed.getAsBoolean()) {
            lines.write(LndJson.payment(node.payments().find(hash).orElseThrow()));
        }
    }

    /// Tells of invoices that are made or settled from now on. Only an index above zero brings
    /// those after it that are past already: so does LND.
    void subscribe(LndRequest request, Lines lines) throws IOException {
        InvoiceBook.Counts now = node.invoices().counts();
        long added = request.number("add_index");
        long settled = request.number("settle_index");
        added = added > 0 ? added : now.added();
        settled = settled > 0 ? settled : now.settled();
        lines.taken();
        listeners.incrementAndGet();
        node.changes().wake();
        while (!closed.getAsBoolean()) {
            for (OwnInvoice invoice : node.invoices().addedAfter(added)) {
                if (invoice.state() != OwnInvoice.State.SETTLED) {
                    lines.write(LndJson.invoice(invoice));
                }
                added = invoice.terms().addIndex();
            }
            for (OwnInvoice invoice : node.invoices().settledAfter(settled)) {
                lines.write(LndJson.invoice(invoice));
                settled = invoice.settleIndex();
            }
            awaitNews(added, settled);
        }
    }

    /// Waits until so many subscriptions have begun.
    boolean awaitListeners(int count, Duration atMost) {
        return node.changes().await(atMost, () -> listeners.get() >= count);
    }

    private void awaitNews(long added, long settled) {
        BooleanSupplier news =
                () -> {
                    InvoiceBook.Counts now = node.invoices().counts();
                    return now.added() > added || now.settled() > settled;
                };
        if (!node.changes().await(FOR_EVER, () -> closed.getAsBoolean() || news.getAsBoolean())) {
            throw new IllegalStateException("a stream was open for " + FOR_EVER);
        }
    }
}
