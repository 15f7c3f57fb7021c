package me.owlrun.mint.lightning.lnd;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.mint.lightning.Lightning.OutgoingPayment;
import me.owlrun.mint.lightning.PaymentOutcome;
import me.owlrun.mint.lightning.PaymentOutcome.Pending;
import me.owlrun.mint.lightning.PaymentOutcome.Unknown;
import me.owlrun.mint.lightning.node.Attempts;
import me.owlrun.mint.lightning.node.NodeAnswer;
import me.owlrun.money.Msat;

import java.time.Instant;
import java.util.OptionalLong;

/// Reads LND's `Payment`.
final class LndPayment {

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private LndPayment() {}

    /// The answer to paying: a failure in it is that of this attempt.
    static PaymentOutcome answer(OutgoingPayment payment, JsonNode json) {
        return outcome(payment, json, Instant.MAX);
    }

    /// The answer to a look-up: a failure in it may be that of an earlier attempt.
    static PaymentOutcome look(OutgoingPayment payment, JsonNode json) {
        long nanos = NodeAnswer.number(json.path("creation_time_ns")).orElse(0);
        Instant made =
                nanos == 0
                        ? Instant.MAX
                        : Instant.ofEpochSecond(nanos / NANOS_PER_SECOND, nanos % NANOS_PER_SECOND);
        return outcome(payment, json, made);
    }

    private static PaymentOutcome outcome(OutgoingPayment payment, JsonNode json, Instant made) {
        String hash = json.path("payment_hash").asText("");
        if (!hash.equals(payment.invoice().paymentHash().hex())) {
            return new Unknown("LND answered something else than the payment");
        }
        return switch (json.path("status").asText("")) {
            case "INITIATED", "IN_FLIGHT" -> new Pending();
            case "SUCCEEDED" -> succeeded(payment, json);
            case "FAILED" -> failed(payment, json, made);
            default -> new Unknown("LND answered a status that is not known");
        };
    }

    private static PaymentOutcome succeeded(OutgoingPayment payment, JsonNode json) {
        OptionalLong fee = NodeAnswer.number(json.path("fee_msat"));
        return fee.isPresent()
                ? Attempts.paid(
                        payment,
                        json.path("payment_preimage").asText(""),
                        new Msat(fee.getAsLong()))
                : new Unknown("LND says paid, without a fee");
    }

    private static PaymentOutcome failed(OutgoingPayment payment, JsonNode json, Instant made) {
        for (JsonNode htlc : json.path("htlcs")) {
            if (!htlc.path("status").asText("").equals("FAILED")) {
                return new Pending(); // a part is still out, whatever the whole says
            }
        }
        return Attempts.failed(
                payment, made, NodeAnswer.reason(json.path("failure_reason").asText("")));
    }
}
