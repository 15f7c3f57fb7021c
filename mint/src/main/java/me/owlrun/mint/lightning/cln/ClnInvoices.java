package me.owlrun.mint.lightning.cln;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.bolt11.PaymentHash;
import me.owlrun.json.Json;
import me.owlrun.mint.lightning.LightningException;

import java.time.Duration;
import java.util.function.Consumer;

/// Waits for paid invoices, one after the other in the order of their payment.
final class ClnInvoices {

    private static final int WAITED_IN_VAIN = 904;
    private static final Duration ANSWER_MAX = Duration.ofSeconds(10);

    private final ClnRpc rpc;
    private final Consumer<PaymentHash> listener;
    private final Duration waitMax;

    private long index;

    ClnInvoices(ClnRpc rpc, Consumer<PaymentHash> listener, long afterIndex, Duration waitMax) {
        this.rpc = rpc;
        this.listener = listener;
        this.index = afterIndex;
        this.waitMax = waitMax;
    }

    /// Waits for the next ones until there is none for a while.
    void listen() {
        boolean more = true;
        while (more) {
            ObjectNode body = Json.object();
            body.put("lastpay_index", index);
            body.put("timeout", waitMax.toSeconds());
            ClnRpc.Reply reply = rpc.ask("waitanyinvoice", body, waitMax.plus(ANSWER_MAX));
            more = reply.error().isEmpty();
            if (more) {
                take(reply.json());
            } else if (reply.error().get().code() != WAITED_IN_VAIN) {
                throw new LightningException("CLN waitanyinvoice: " + reply.error().get().reason());
            }
        }
    }

    private void take(JsonNode invoice) {
        long next = ClnRpc.number("waitanyinvoice", invoice.path("pay_index"));
        if (next <= index) {
            throw new LightningException("CLN waitanyinvoice: the index does not rise");
        }
        try {
            if (invoice.path("status").asText("").equals("paid")) {
                listener.accept(new PaymentHash(invoice.path("payment_hash").asText("")));
            }
        } catch (IllegalArgumentException _) {
            throw new LightningException("CLN waitanyinvoice: an invoice without a hash");
        }
        index = next;
    }
}
