package me.owlrun.mint.ldk;

import me.owlrun.bolt11.PaymentHash;
import me.owlrun.mint.ldk.SentPayment.Reason;
import me.owlrun.mint.ldk.SentPayment.Status;

import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The payments of one node. A hash names one payment; only a failed one may be made again.
final class PaymentBook {

    private final Map<PaymentHash, SentPayment> byHash = new HashMap<>();
    private final Map<PaymentHash, Reason> reasons = new HashMap<>();
    private final Changes changes;
    private final Clock clock;
    private long begun;

    PaymentBook(Changes changes, Clock clock) {
        this.changes = changes;
        this.clock = clock;
    }

    /// Enters a payment before it is sent.
    ///
    /// @return the payment that stands in its way, or empty when it may be sent
    Optional<SentPayment> begin(PaymentHash hash, String request, long amountMsat) {
        return changes.change(() -> {
            SentPayment before = byHash.get(hash);
            if (before != null && before.status() != Status.FAILED) {
                return Optional.of(before);
            }
            begun++;
            byHash.put(hash, SentPayment.begun(hash, request, amountMsat, clock.instant(), begun));
            reasons.remove(hash);
            return Optional.empty();
        });
    }

    Optional<SentPayment> find(PaymentHash hash) {
        return changes.read(() -> Optional.ofNullable(byHash.get(hash)));
    }

    /// The payment once nothing can change any more.
    Optional<SentPayment> awaitEnd(PaymentHash hash, Duration atMost) {
        boolean ended =
                changes.await(atMost, () -> byHash.containsKey(hash) && byHash.get(hash).ended());
        return ended ? find(hash) : Optional.empty();
    }

    void succeeded(PaymentHash hash, String preimageHex, long feeMsat) {
        changes.run(() ->
                byHash.computeIfPresent(hash, (h, was) -> was.succeeded(preimageHex, feeMsat)));
    }

    /// Keeps why a payment is about to fail.
    void failing(PaymentHash hash, Reason reason) {
        changes.run(() -> reasons.put(hash, reason));
    }

    void failed(PaymentHash hash) {
        changes.run(() ->
                byHash.computeIfPresent(
                        hash, (h, was) -> was.failed(reasons.getOrDefault(hash, Reason.ERROR))));
    }
}
