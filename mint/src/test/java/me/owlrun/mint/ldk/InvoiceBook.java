package me.owlrun.mint.ldk;

import me.owlrun.bolt11.PaymentHash;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;

/// The invoices of one node, in the order they were made and in the order they were settled.
final class InvoiceBook {

    private final Map<PaymentHash, OwnInvoice> byHash = new LinkedHashMap<>();
    private final List<OwnInvoice> settled = new ArrayList<>();
    private final Changes changes;
    private final Clock clock;

    InvoiceBook(Changes changes, Clock clock) {
        this.changes = changes;
        this.clock = clock;
    }

    /// Enters a new invoice under the next index.
    OwnInvoice add(LongFunction<OwnInvoice.Terms> termsByIndex, Reception reception) {
        return changes.change(() -> {
            OwnInvoice invoice =
                    new OwnInvoice(
                            termsByIndex.apply(byHash.size() + 1L),
                            reception,
                            OwnInvoice.State.OPEN,
                            0,
                            0,
                            Instant.EPOCH);
            byHash.put(invoice.terms().hash(), invoice);
            return invoice;
        });
    }

    Optional<OwnInvoice> find(PaymentHash hash) {
        return changes.read(() -> Optional.ofNullable(byHash.get(hash)));
    }

    boolean is(OwnInvoice.State state, PaymentHash hash) {
        return find(hash).filter(invoice -> invoice.state() == state).isPresent();
    }

    /// All that were made after this index.
    List<OwnInvoice> addedAfter(long addIndex) {
        return changes.read(() -> byHash.values().stream().skip(addIndex).toList());
    }

    /// All that were settled after this index, oldest first.
    List<OwnInvoice> settledAfter(long settleIndex) {
        return changes.read(() -> settled.stream().skip(settleIndex).toList());
    }

    /// How many were made so far, and how many settled.
    Counts counts() {
        return changes.read(() -> new Counts(byHash.size(), settled.size()));
    }

    /// How far the two counters of invoices have come.
    record Counts(long added, long settled) {}

    /// Enters that a payment hangs at the invoice.
    Optional<OwnInvoice> accepted(PaymentHash hash, long amountMsat) {
        return changes.change(() ->
                Optional.ofNullable(
                        byHash.computeIfPresent(hash, (h, was) -> was.accepted(amountMsat))));
    }

    /// Enters that the money was taken.
    void settled(PaymentHash hash) {
        changes.run(() ->
                byHash.computeIfPresent(
                        hash,
                        (h, was) -> {
                            OwnInvoice now = was.settled(settled.size() + 1L, clock.instant());
                            settled.add(now);
                            return now;
                        }));
    }

    /// Enters that the payment was sent back.
    void sentBack(PaymentHash hash) {
        changes.run(() -> byHash.computeIfPresent(hash, (h, was) -> was.reopened()));
    }
}
