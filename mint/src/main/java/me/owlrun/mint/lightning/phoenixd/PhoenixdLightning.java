package me.owlrun.mint.lightning.phoenixd;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.bolt11.Invoice;
import me.owlrun.bolt11.PaymentHash;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.config.Secret;
import me.owlrun.mint.lightning.LightningException;
import me.owlrun.mint.lightning.PaymentOutcome;
import me.owlrun.mint.lightning.PaymentOutcome.Failed;
import me.owlrun.mint.lightning.PaymentOutcome.NotFound;
import me.owlrun.mint.lightning.PaymentOutcome.Paid;
import me.owlrun.mint.lightning.PaymentOutcome.Pending;
import me.owlrun.mint.lightning.PaymentOutcome.Unknown;
import me.owlrun.mint.lightning.node.Attempts;
import me.owlrun.mint.lightning.node.CredentialFile;
import me.owlrun.mint.lightning.node.NodeAnswer;
import me.owlrun.mint.lightning.node.NodeHttp;
import me.owlrun.mint.lightning.node.NodeHttp.Body;
import me.owlrun.mint.lightning.node.NodeLightning;
import me.owlrun.mint.lightning.node.NodeSetup;
import me.owlrun.mint.lightning.node.Watch;
import me.owlrun.money.Msat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/// phoenixd. It counts in whole sats, makes its own preimages, and takes no fee limit: its one peer
/// asks a fixed fee, so a payment whose limit is below that fee is not sent at all. Its payments on
/// Lightning addresses are not used: they tell no hash before they send.
public final class PhoenixdLightning implements NodeLightning {

    private static final Duration ASK_MAX = Duration.ofSeconds(10);
    private static final Duration LISTEN_MAX = Duration.ofMinutes(10);
    private static final int DESCRIPTION_CHARS_MAX = 128;
    private static final int NOT_FOUND = 404;

    /// The fee of the peer: 4 sat and 0.4 % of the amount.
    private static final Msat PEER_FEE_BASE = Msat.ofSat(4);

    private static final long PEER_FEE_PER_THOUSAND = 4;

    /// Reasons that do not say that nothing was sent.
    private static final Set<String> ALREADY_THERE = Set.of("already been paid", "in progress");

    private final NodeSetup setup;
    private final NodeHttp http;

    private volatile Optional<Watch> watch = Optional.empty();

    /// @throws me.owlrun.config.ConfigException when password or certificate cannot be read
    public PhoenixdLightning(NodeSetup setup) {
        this.setup = setup;
        Secret password = CredentialFile.value(setup.credential(), "http-password");
        byte[] user = (":" + password.value()).getBytes(StandardCharsets.UTF_8);
        this.http =
                new NodeHttp(
                        setup,
                        "Authorization",
                        new Secret("Basic " + Base64.getEncoder().encodeToString(user)));
    }

    @Override
    public Abilities abilities() {
        return new Abilities(true, false, false);
    }

    @Override
    public boolean isOnNetwork(String prefix) {
        return setup.chain().hasInvoices(prefix);
    }

    @Override
    public String network() {
        return get("phoenixd getinfo", "/getinfo").path("chain").asText("");
    }

    @Override
    public NodeState node() {
        JsonNode info = get("phoenixd getinfo", "/getinfo");
        String id = info.path("nodeId").asText("");
        if (id.isEmpty()) {
            throw new LightningException("phoenixd getinfo: no public key in the answer");
        }
        boolean ready = false;
        for (JsonNode channel : info.path("channels")) {
            ready |= channel.path("state").asText("").equalsIgnoreCase("normal");
        }
        String what = "phoenixd getbalance";
        long sat = number(what, get(what, "/getbalance").path("balanceSat"));
        return new NodeState(id, Msat.ofSat(sat), ready);
    }

    @Override
    public NewInvoice createInvoice(Msat amount, String description, Duration expiry) {
        if (amount.subSat().isPositive()) {
            throw new LightningException("phoenixd makes invoices over whole sats only");
        }
        Map<String, String> form = new LinkedHashMap<>();
        form.put("amountSat", Long.toString(amount.floorSat()));
        form.put("description", shortened(description));
        form.put("expirySeconds", Long.toString(expiry.toSeconds()));
        String what = "phoenixd new invoice";
        NodeAnswer answer = http.ask(what, "/createinvoice", Optional.of(Body.form(form)), ASK_MAX);
        Invoice invoice =
                Attempts.made(
                        good(what, answer).path("serialized").asText(""), amount, setup.chain());
        PaymentHash hash = invoice.paymentHash();
        String preimageHex = preimageHex(incoming(hash));
        if (!PaymentHash.ofPreimage(HexFormat.of().parseHex(preimageHex)).equals(hash)) {
            throw new LightningException(what + ": its preimage is another invoice's");
        }
        return new NewInvoice(invoice.text(), hash, preimageHex);
    }

    private static String preimageHex(Optional<JsonNode> payment) {
        String preimageHex = payment.map(json -> json.path("preimage").asText("")).orElse("");
        if (!preimageHex.matches("[0-9a-f]{64}")) {
            throw new LightningException("phoenixd new invoice: no preimage to be found");
        }
        return preimageHex;
    }

    private static String shortened(String description) {
        if (description.length() <= DESCRIPTION_CHARS_MAX) {
            return description;
        }
        boolean splits = Character.isHighSurrogate(description.charAt(DESCRIPTION_CHARS_MAX - 1));
        return description.substring(0, DESCRIPTION_CHARS_MAX - (splits ? 1 : 0));
    }

    private Optional<JsonNode> incoming(PaymentHash hash) {
        String what = "phoenixd look up an invoice";
        NodeAnswer answer =
                http.ask(what, "/payments/incoming/" + hash.hex(), Optional.empty(), ASK_MAX);
        return answer.status() == NOT_FOUND ? Optional.empty() : Optional.of(good(what, answer));
    }

    @Override
    public Optional<Received> received(PaymentHash paymentHash) {
        return incoming(paymentHash)
                .filter(json -> json.path("isPaid").asBoolean(false))
                .map(PhoenixdLightning::received);
    }

    /// What arrived is told without what the peer kept for liquidity, and cut to whole sats; the
    /// payer paid the whole invoice all the same.
    private static Received received(JsonNode json) {
        String what = "phoenixd look up an invoice";
        Msat arrived = Msat.ofSat(number(what, json.path("receivedSat")));
        Msat requested = Msat.ofSat(NodeAnswer.number(json.path("requestedSat")).orElse(0));
        Msat fees = new Msat(NodeAnswer.number(json.path("fees")).orElse(0));
        Msat told = arrived.plus(fees);
        Msat paid = requested.compareTo(told) >= 0 ? requested : told;
        return new Received(paid, paid.minus(arrived), 0);
    }

    @Override
    public void reserveForMint(PaymentHash paymentHash) {} // phoenixd pays nothing by itself

    @Override
    public void onReceived(Consumer<PaymentHash> listener, long afterIndex) {
        PhoenixdEvents events = new PhoenixdEvents(http, listener, LISTEN_MAX);
        watch.ifPresent(Watch::close);
        watch = Optional.of(Watch.start("phoenixd-events", events::listen));
    }

    @Override
    public Msat feeReserve(Invoice invoice, Msat amount, CurrencyUnit unit) {
        return peerFee(amount);
    }

    private static Msat peerFee(Msat amount) {
        long part = Math.multiplyExact(amount.value(), PEER_FEE_PER_THOUSAND);
        Msat fee = PEER_FEE_BASE.plus(new Msat(Math.ceilDiv(part, 1000L)));
        return Msat.ofSat(fee.ceilSat());
    }

    @Override
    public PaymentOutcome pay(OutgoingPayment payment) {
        Optional<Failed> flaw = flaw(payment);
        if (flaw.isPresent()) {
            return flaw.get();
        }
        Map<String, String> form = new LinkedHashMap<>();
        form.put("invoice", payment.invoice().text());
        if (payment.invoice().amount().isEmpty()) {
            form.put("amountSat", Long.toString(payment.amount().floorSat()));
        }
        try {
            return answered(
                    payment,
                    http.ask(
                            "phoenixd pay",
                            "/payinvoice",
                            Optional.of(Body.form(form)),
                            setup.payMax()));
        } catch (LightningException e) {
            return new Unknown(String.valueOf(e.getMessage()));
        }
    }

    private Optional<Failed> flaw(OutgoingPayment payment) {
        Optional<Failed> flaw = Attempts.flaw(payment, setup.chain(), false);
        if (flaw.isPresent()) {
            return flaw;
        }
        if (payment.invoice().amount().isEmpty() && payment.amount().subSat().isPositive()) {
            return Optional.of(new Failed("phoenixd pays whole sats only"));
        }
        return peerFee(payment.amount()).compareTo(payment.feeLimit()) > 0
                ? Optional.of(new Failed("the fee of phoenixd's peer is above the limit"))
                : Optional.empty();
    }

    private PaymentOutcome answered(OutgoingPayment payment, NodeAnswer answer) {
        JsonNode json = answer.json();
        if (answer.ok() && json.hasNonNull("paymentPreimage")) {
            return sent(payment, json);
        }
        if (answer.ok() && json.hasNonNull("reason")) {
            String reason = NodeAnswer.reason(json.path("reason").asText(""));
            String lower = reason.toLowerCase(Locale.ROOT);
            return ALREADY_THERE.stream().anyMatch(lower::contains)
                    ? Attempts.alreadyThere(look(payment))
                    : Attempts.refused(look(payment), reason);
        }
        boolean declined = answer.status() / 100 == 4;
        return declined
                ? Attempts.refused(look(payment), "HTTP " + answer.status() + answer.reason())
                : new Unknown("phoenixd pay: HTTP " + answer.status() + ", not understood");
    }

    /// The answer tells the fee in whole sats, cut; the look-up tells it exactly.
    private PaymentOutcome sent(OutgoingPayment payment, JsonNode json) {
        if (look(payment) instanceof Paid exact) {
            return exact;
        }
        OptionalLong feeSat = NodeAnswer.number(json.path("routingFeeSat"));
        return feeSat.isPresent()
                ? Attempts.paid(
                        payment,
                        json.path("paymentPreimage").asText(""),
                        Msat.ofSat(Math.addExact(feeSat.getAsLong(), 1)))
                : new Unknown("phoenixd says paid, without a fee");
    }

    @Override
    public PaymentOutcome look(OutgoingPayment payment) {
        String what = "phoenixd look up a payment";
        String path = "/payments/outgoingbyhash/" + payment.invoice().paymentHash().hex();
        try {
            NodeAnswer answer = http.ask(what, path, Optional.empty(), ASK_MAX);
            return answer.status() == NOT_FOUND
                    ? new NotFound()
                    : outcome(payment, good(what, answer));
        } catch (LightningException e) {
            return new Unknown(String.valueOf(e.getMessage()));
        }
    }

    private static PaymentOutcome outcome(OutgoingPayment payment, JsonNode json) {
        String hash = json.path("paymentHash").asText("");
        if (!hash.equals(payment.invoice().paymentHash().hex())
                || !json.path("isPaid").isBoolean()) {
            return new Unknown("phoenixd answered something else than the payment");
        }
        if (json.path("isPaid").booleanValue()) {
            OptionalLong fee = NodeAnswer.number(json.path("fees"));
            return fee.isPresent()
                    ? Attempts.paid(
                            payment, json.path("preimage").asText(""), new Msat(fee.getAsLong()))
                    : new Unknown("phoenixd says paid, without a fee");
        }
        if (!json.hasNonNull("completedAt")) {
            return new Pending();
        }
        Instant made =
                Instant.ofEpochMilli(
                        NodeAnswer.number(json.path("createdAt")).orElse(Long.MAX_VALUE));
        return Attempts.failed(payment, made, "phoenixd says failed");
    }

    private JsonNode get(String what, String path) {
        return good(what, http.ask(what, path, Optional.empty(), ASK_MAX));
    }

    private static JsonNode good(String what, NodeAnswer answer) {
        JsonNode json = answer.json();
        if (!answer.ok() || !json.isObject()) {
            throw new LightningException(
                    what + ": HTTP " + answer.status() + " " + answer.reason());
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
