package me.owlrun.mint.lightning.lnd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.bolt11.Invoice;
import me.owlrun.bolt11.PaymentHash;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.json.Json;
import me.owlrun.mint.lightning.LightningException;
import me.owlrun.mint.lightning.NodeRefusedException;
import me.owlrun.mint.lightning.PaymentOutcome;
import me.owlrun.mint.lightning.PaymentOutcome.Failed;
import me.owlrun.mint.lightning.PaymentOutcome.NotFound;
import me.owlrun.mint.lightning.PaymentOutcome.Pending;
import me.owlrun.mint.lightning.PaymentOutcome.Unknown;
import me.owlrun.mint.lightning.node.Attempts;
import me.owlrun.mint.lightning.node.CredentialFile;
import me.owlrun.mint.lightning.node.LineStream;
import me.owlrun.mint.lightning.node.NodeAnswer;
import me.owlrun.mint.lightning.node.NodeHttp;
import me.owlrun.mint.lightning.node.NodeHttp.Body;
import me.owlrun.mint.lightning.node.NodeLightning;
import me.owlrun.mint.lightning.node.NodeSetup;
import me.owlrun.mint.lightning.node.Watch;
import me.owlrun.money.Msat;

import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// LND over REST. A payment is named by its hash: LND begins one only if it has none of that hash
/// or a failed one, so the same invoice can be sent again and is paid once. It goes on paying when
/// nobody listens any more.
public final class LndLightning implements NodeLightning {

    private static final Duration ASK_MAX = Duration.ofSeconds(10);
    private static final Duration LISTEN_MAX = Duration.ofMinutes(10);

    private static final Duration ESTIMATE_MAX = Duration.ofSeconds(5);
    private static final int CLTV_LIMIT_BLOCKS = 1008;
    private static final int PARTS_MAX = 16;
    private static final int PREIMAGE_BYTES = 32;

    private final NodeSetup setup;
    private final NodeHttp http;

    private volatile Optional<Watch> watch = Optional.empty();

    /// @throws me.owlrun.config.ConfigException when macaroon or certificate cannot be read
    public LndLightning(NodeSetup setup) {
        this.setup = setup;
        this.http =
                new NodeHttp(
                        setup, "Grpc-Metadata-macaroon", CredentialFile.hex(setup.credential()));
    }

    @Override
    public Abilities abilities() {
        return new Abilities(true, false, true);
    }

    @Override
    public boolean isOnNetwork(String prefix) {
        return setup.chain().hasInvoices(prefix);
    }

    @Override
    public String network() {
        JsonNode chains = good("LND getinfo", get("LND getinfo", "/v1/getinfo")).path("chains");
        return chains.path(0).path("network").asText("");
    }

    @Override
    public NodeState node() {
        JsonNode info = good("LND getinfo", get("LND getinfo", "/v1/getinfo"));
        String what = "LND channel balance";
        JsonNode balance = good(what, get(what, "/v1/balance/channels"));
        String id = info.path("identity_pubkey").asText("");
        if (id.isEmpty()) {
            throw new LightningException("LND getinfo: no public key in the answer");
        }
        return new NodeState(
                id,
                new Msat(number(what, balance.path("local_balance").path("msat"))),
                info.path("synced_to_chain").asBoolean(false));
    }

    @Override
    public NewInvoice createInvoice(Msat amount, String description, Duration expiry) {
        byte[] preimage = new byte[PREIMAGE_BYTES];
        setup.random().nextBytes(preimage);
        ObjectNode body = Json.object();
        body.put("value_msat", Long.toString(amount.value()));
        body.put("memo", description);
        body.put("expiry", Long.toString(expiry.toSeconds()));
        body.put("r_preimage", Base64.getEncoder().encodeToString(preimage));
        body.put("private", setup.privateHints());
        String what = "LND new invoice";
        NodeAnswer answer = http.ask(what, "/v1/invoices", Optional.of(Body.json(body)), ASK_MAX);
        String request = good(what, answer).path("payment_request").asText("");
        Invoice invoice = Attempts.made(request, amount, setup.chain());
        if (!invoice.paymentHash().equals(PaymentHash.ofPreimage(preimage))) {
            throw new LightningException(what + ": it has another payment hash");
        }
        return new NewInvoice(
                invoice.text(), invoice.paymentHash(), HexFormat.of().formatHex(preimage));
    }

    @Override
    public Optional<Received> received(PaymentHash paymentHash) {
        String what = "LND look up an invoice";
        NodeAnswer answer = get(what, "/v1/invoice/" + paymentHash.hex());
        LndError error = LndError.of(answer.json());
        if (!answer.ok() && error.isNotFound()) {
            return Optional.empty();
        }
        JsonNode invoice = good(what, answer);
        return invoice.path("state").asText("").equals("SETTLED")
                ? Optional.of(
                        new Received(
                                new Msat(number(what, invoice.path("amt_paid_msat"))),
                                Msat.ZERO,
                                number(what, invoice.path("settle_index"))))
                : Optional.empty();
    }

    @Override
    public void reserveForMint(PaymentHash paymentHash) {} // LND pays nothing by itself

    @Override
    public void onReceived(Consumer<PaymentHash> listener, long afterIndex) {
        LndInvoices invoices = new LndInvoices(http, listener, afterIndex, LISTEN_MAX);
        watch.ifPresent(Watch::close);
        watch = Optional.of(Watch.start("lnd-invoices", invoices::listen));
    }

    @Override
    public Msat feeReserve(Invoice invoice, Msat amount, CurrencyUnit unit) {
        if (invoice.amount().isEmpty()) {
            return Msat.ZERO;
        }
        ObjectNode body = Json.object();
        body.put("payment_request", invoice.text());
        body.put("timeout", ESTIMATE_MAX.toSeconds());
        try {
            NodeAnswer answer =
                    http.ask(
                            "LND estimate a fee",
                            "/v2/router/route/estimatefee",
                            Optional.of(Body.json(body)),
                            ESTIMATE_MAX.plusSeconds(1));
            JsonNode json = answer.json();
            OptionalLong estimate = NodeAnswer.number(json.path("routing_fee_msat"));
            String failure = json.path("failure_reason").asText("FAILURE_REASON_NONE");
            return answer.ok() && estimate.isPresent() && failure.equals("FAILURE_REASON_NONE")
                    ? setup.fees().believed(amount, new Msat(estimate.getAsLong()))
                    : Msat.ZERO;
        } catch (LightningException _) {
            return Msat.ZERO;
        }
    }

    @Override
    public PaymentOutcome pay(OutgoingPayment payment) {
        Optional<Failed> flaw = Attempts.flaw(payment, setup.chain(), false);
        if (flaw.isPresent()) {
            return flaw.get();
        }
        ObjectNode body = Json.object();
        body.put("payment_request", payment.invoice().text());
        if (payment.invoice().amount().isEmpty()) {
            body.put("amt_msat", Long.toString(payment.amount().value()));
        }
        body.put("fee_limit_msat", Long.toString(payment.feeLimit().value()));
        body.put("timeout_seconds", setup.tryMax().toSeconds());
        body.put("cltv_limit", CLTV_LIMIT_BLOCKS);
        body.put("max_parts", PARTS_MAX);
        body.put("no_inflight_updates", false); // else a payment that hangs tells nothing
        try {
            return follow(payment, Body.json(body));
        } catch (LightningException e) {
            return new Unknown(String.valueOf(e.getMessage()));
        }
    }

    private PaymentOutcome follow(OutgoingPayment payment, Body body) {
        long deadline = System.nanoTime() + setup.payMax().toNanos();
        String path = "/v2/router/send";
        PaymentOutcome last = new Unknown("LND pay: no outcome in the answer");
        try (LineStream lines = http.lines("LND pay", path, Optional.of(body), setup.payMax())) {
            Optional<String> line = lines.next(left(deadline));
            while (line.isPresent()) {
                last = paid(payment, NodeAnswer.json(line.get()));
                line = last instanceof Pending ? lines.next(left(deadline)) : Optional.empty();
            }
        }
        return last;
    }

    private static Duration left(long deadlineNanos) {
        return Duration.ofNanos(deadlineNanos - System.nanoTime());
    }

    private PaymentOutcome paid(OutgoingPayment payment, JsonNode line) {
        LndError error = LndError.of(line);
        if (error.isAlreadyThere()) {
            return Attempts.alreadyThere(look(payment));
        }
        if (error.isDefinite()) {
            return Attempts.refused(look(payment), error.reason());
        }
        return LndPayment.answer(payment, line.path("result"));
    }

    @Override
    public PaymentOutcome look(OutgoingPayment payment) {
        byte[] hash = payment.invoice().paymentHash().bytes();
        String path =
                "/v2/router/track/"
                        + Base64.getUrlEncoder().encodeToString(hash)
                        + "?no_inflight_updates=false";
        String what = "LND look up a payment";
        try {
            JsonNode line = NodeAnswer.json(http.firstLine(what, path, Optional.empty(), ASK_MAX));
            return LndError.of(line).isNotFound()
                    ? new NotFound()
                    : LndPayment.look(payment, line.path("result"));
        } catch (LightningException e) {
            return new Unknown(String.valueOf(e.getMessage()));
        }
    }

    private NodeAnswer get(String what, String path) {
        return http.ask(what, path, Optional.empty(), ASK_MAX);
    }

    private static JsonNode good(String what, NodeAnswer answer) {
        JsonNode json = answer.json();
        LndError error = LndError.of(json);
        if (error.isRefusal()) {
            throw new NodeRefusedException(what + ": LND refuses the macaroon: " + error.reason());
        }
        if (!answer.ok() || !json.isObject()) {
            throw new LightningException(what + ": HTTP " + answer.status() + " " + error.reason());
        }
        return json;
    }

    private static long number(String what, JsonNode value) {
        return NodeAnswer.number(value)
                .orElseThrow(() -> new LightningException(what + ": no number in the answer"));
    }

    @Override
    public void close() {
        http.close();
        watch.ifPresent(Watch::close);
    }
}
