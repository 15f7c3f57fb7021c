package me.owlrun.mint.lightning.cln;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.json.Json;
import me.owlrun.mint.lightning.Lightning.OutgoingPayment;
import me.owlrun.mint.lightning.LightningException;
import me.owlrun.mint.lightning.PaymentOutcome;
import me.owlrun.mint.lightning.PaymentOutcome.Failed;
import me.owlrun.mint.lightning.PaymentOutcome.NotFound;
import me.owlrun.mint.lightning.PaymentOutcome.Pending;
import me.owlrun.mint.lightning.PaymentOutcome.Unknown;
import me.owlrun.mint.lightning.node.Attempts;
import me.owlrun.mint.lightning.node.NodeAnswer;
import me.owlrun.money.Msat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/// Reads `listpays`. It may hold several payments of one hash: complete counts before pending, and
/// pending before failed.
final class ClnPays {

    /// Longer than `xpay` needs to end after its last try, and than the node's clock is off.
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(60);

    private static final int REMEMBERED_MAX = 10_000;

    private final ClnRpc rpc;
    private final Duration endedAfter;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<UUID> ended = new ArrayDeque<>();

    /// @param tryMax how long `xpay` makes new tries
    ClnPays(ClnRpc rpc, Duration tryMax, InstantSource clock) {
        this.rpc = rpc;
        this.endedAfter = tryMax.plus(ENDS_WITHIN);
        this.clock = clock;
    }

    /// Remembers that `xpay` of this attempt answered: it tries no more.
    void ended(UUID attemptId) {
        lock.lock();
        try {
            ended.addLast(attemptId);
            if (ended.size() > REMEMBERED_MAX) {
                ended.removeFirst();
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean hasEnded(UUID attemptId) {
        lock.lock();
        try {
            return ended.contains(attemptId);
        } finally {
            lock.unlock();
        }
    }

    PaymentOutcome look(OutgoingPayment payment) {
        String hash = payment.invoice().paymentHash().hex();
        try {
            JsonNode pays =
                    rpc.call("listpays", Json.object().put("payment_hash", hash)).path("pays");
            if (!pays.isArray()) {
                return new Unknown("CLN listpays: no list in the answer");
            }
            PaymentOutcome best = new NotFound();
            for (JsonNode pay : pays) {
                PaymentOutcome outcome =
                        pay.path("payment_hash").asText("").equals(hash)
                                ? outcome(payment, pay)
                                : new Unknown("CLN listpays: another payment in the answer");
                best = rank(outcome) > rank(best) ? outcome : best;
            }
            return best;
        } catch (LightningException e) {
            return new Unknown(String.valueOf(e.getMessage()));
        }
    }

    private static int rank(PaymentOutcome outcome) {
        return switch (outcome) {
            case NotFound() -> 0;
            case Failed _ -> 1;
            case Pending() -> 2;
            case Unknown _ -> 3;
            case PaymentOutcome.Paid _ -> 4;
        };
    }

    private PaymentOutcome outcome(OutgoingPayment payment, JsonNode pay) {
        return switch (pay.path("status").asText("")) {
            case "complete" -> paid(payment, pay, "preimage");
            case "pending" -> new Pending();
            case "failed" -> failed(payment, pay);
            default -> new Unknown("CLN answered a status that is not known");
        };
    }

    static PaymentOutcome paid(OutgoingPayment payment, JsonNode pay, String preimageField) {
        OptionalLong sent = NodeAnswer.number(pay.path("amount_sent_msat"));
        if (sent.isEmpty()) {
            return new Unknown("CLN says paid, without what it sent");
        }
        long fee = Math.max(0, sent.getAsLong() - payment.amount().value());
        return Attempts.paid(payment, pay.path(preimageField).asText(""), new Msat(fee));
    }

    private PaymentOutcome failed(OutgoingPayment payment, JsonNode pay) {
        OptionalLong second = NodeAnswer.number(pay.path("created_at"));
        if (second.isEmpty()) {
            return new Unknown("CLN says failed, without a time");
        }
        Instant made = Instant.ofEpochSecond(second.getAsLong());
        PaymentOutcome failed =
                Attempts.failed(payment, made.plusMillis(999), "CLN says failed"); // cut to seconds
        boolean over =
                hasEnded(payment.attemptId()) || clock.instant().isAfter(made.plus(endedAfter));
        return over || failed instanceof NotFound ? failed : new Pending();
    }
}
