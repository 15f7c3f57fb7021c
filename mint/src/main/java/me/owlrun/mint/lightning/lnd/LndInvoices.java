package me.owlrun.mint.lightning.lnd;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.bolt11.PaymentHash;
import me.owlrun.mint.lightning.LightningException;
import me.owlrun.mint.lightning.node.LineStream;
import me.owlrun.mint.lightning.node.NodeAnswer;
import me.owlrun.mint.lightning.node.NodeHttp;

import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Consumer;

/// The stream of settled invoices. It resumes behind the highest index seen; LND replays nothing to
/// those who name none, so what came while nobody listened is found by look-ups.
final class LndInvoices {

    private static final Duration OPEN_MAX = Duration.ofMinutes(10);

    private final NodeHttp http;
    private final Consumer<PaymentHash> listener;
    private final Duration listenMax;

    private long index;

    LndInvoices(
            NodeHttp http, Consumer<PaymentHash> listener, long afterIndex, Duration listenMax) {
        this.http = http;
        this.listener = listener;
        this.listenMax = listenMax;
        this.index = afterIndex;
    }

    /// Listens until the connection ends or nothing came for a long time: a dead connection looks
    /// like a quiet one.
    void listen() {
        String path = "/v1/invoices/subscribe?settle_index=" + index;
        try (LineStream lines =
                http.lines("LND subscribe to invoices", path, Optional.empty(), OPEN_MAX)) {
            if (lines.status() / 100 != 2) {
                throw new LightningException("LND subscribe: HTTP " + lines.status());
            }
            Optional<String> line = lines.next(listenMax);
            while (line.isPresent()) {
                take(NodeAnswer.json(line.get()).path("result"));
                line = lines.next(listenMax);
            }
        }
    }

    private void take(JsonNode invoice) {
        if (!invoice.path("state").asText("").equals("SETTLED")) {
            return;
        }
        try {
            byte[] hash = Base64.getDecoder().decode(invoice.path("r_hash").asText(""));
            listener.accept(PaymentHash.of(hash));
        } catch (IllegalArgumentException _) {
            throw new LightningException("LND subscribe: a settled invoice without a hash");
        }
        index = Math.max(index, NodeAnswer.number(invoice.path("settle_index")).orElse(0));
    }
}
