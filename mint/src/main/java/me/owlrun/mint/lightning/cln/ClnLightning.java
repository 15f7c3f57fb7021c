package me.owlrun.mint.lightning.cln;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.bolt11.Invoice;
import me.owlrun.bolt11.PaymentHash;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.json.Json;
import me.owlrun.mint.lightning.LightningException;
import me.owlrun.mint.lightning.PaymentOutcome;
import me.owlrun.mint.lightning.PaymentOutcome.Failed;
import me.owlrun.mint.lightning.PaymentOutcome.Unknown;
import me.owlrun.mint.lightning.node.Attempts;
import me.owlrun.mint.lightning.node.NodeLightning;
import me.owlrun.mint.lightning.node.NodeSetup;
import me.owlrun.mint.lightning.node.Watch;
import me.owlrun.money.Msat;

import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Consumer;

/// Core Lightning over `clnrest`. Payments go by `xpay`, which makes try after try until its time
/// is up, whoever listens; in between all tries have failed and the payment has not. So a failure
/// counts only once `xpay` itself has ended.
public final class ClnLightning implements NodeLightning {

    private static final Duration LISTEN_MAX = Duration.ofSeconds(60);
    private static final int DELAY_BLOCKS_MAX = 1008;
    private static final int ALREADY_PAID = 219;
    private static final int PREIMAGE_BYTES = 32;

    private final NodeSetup setup;
    private final ClnRpc rpc;
    private final ClnPays pays;

    private volatile Optional<Watch> watch = Optional.empty();

    /// @throws me.owlrun.config.ConfigException when rune or certificate cannot be read
    public ClnLightning(NodeSetup setup) {
        this.setup = setup;
        this.rpc = new ClnRpc(setup);
        this.pays = new ClnPays(rpc, setup.tryMax(), setup.clock());
    }

    @Override
    public Abilities abilities() {
        return new Abilities(true, true, true);
    }

    @Override
    public boolean isOnNetwork(String prefix) {
        return setup.chain().hasInvoices(prefix);
    }

    @Override
    public String network() {
        return rpc.call("getinfo", Json.object()).path("network").asText("");
    }

    @Override
    public NodeState node() {
        JsonNode info = rpc.call("getinfo", Json.object());
        String id = info.path("id").asText("");
        if (id.isEmpty()) {
            throw new LightningException("CLN getinfo: no public key in the answer");
        }
        boolean ready = !info.has("warning_bitcoind_sync") && !info.has("warning_lightningd_sync");
        Msat spendable = Msat.ZERO;
        for (JsonNode channel : rpc.call("listfunds", Json.object()).path("channels")) {
            if (channel.path("state").asText("").equals("CHANNELD_NORMAL")) {
                long ours = ClnRpc.number("listfunds", channel.path("our_amount_msat"));
                spendable = spendable.plus(new Msat(ours));
            }
        }
        return new NodeState(id, spendable, ready);
    }

    @Override
    public NewInvoice createInvoice(Msat amount, String description, Duration expiry) {
        byte[] preimage = new byte[PREIMAGE_BYTES];
        setup.random().nextBytes(preimage);
        String preimageHex = HexFormat.of().formatHex(preimage);
        PaymentHash hash = PaymentHash.ofPreimage(preimage);
        ObjectNode body = Json.object();
        body.put("amount_msat", amount.value());
        body.put("label", "owlrun-" + hash.hex());
        body.put("description", description);
        body.put("expiry", expiry.toSeconds());
        body.put("preimage", preimageHex);
        if (setup.privateHints()) {
            body.put("exposeprivatechannels", true);
        }
        String request = rpc.call("invoice", body).path("bolt11").asText("");
        Invoice invoice = Attempts.made(request, amount, setup.chain());
        if (!invoice.paymentHash().equals(hash)) {
            throw new LightningException("CLN invoice: it has another payment hash");
        }
        return new NewInvoice(invoice.text(), hash, preimageHex);
    }

    @Override
    public Optional<Received> received(PaymentHash paymentHash) {
        ObjectNode body = Json.object().put("payment_hash", paymentHash.hex());
        for (JsonNode invoice : rpc.call("listinvoices", body).path("invoices")) {
            boolean ours = invoice.path("payment_hash").asText("").equals(paymentHash.hex());
            if (ours && invoice.path("status").asText("").equals("paid")) {
                String what = "listinvoices";
                return Optional.of(
                        new Received(
                                new Msat(ClnRpc.number(what, invoice.path("amount_received_msat"))),
                                Msat.ZERO,
                                ClnRpc.number(what, invoice.path("pay_index"))));
            }
        }
        return Optional.empty();
    }

    @Override
    public void reserveForMint(PaymentHash paymentHash) {} // CLN pays nothing by itself

    @Override
    public void onReceived(Consumer<PaymentHash> listener, long afterIndex) {
        ClnInvoices invoices = new ClnInvoices(rpc, listener, afterIndex, LISTEN_MAX);
        watch.ifPresent(Watch::close);
        watch = Optional.of(Watch.start("cln-invoices", invoices::listen));
    }

    @Override
    public Msat feeReserve(Invoice invoice, Msat amount, CurrencyUnit unit) {
        return Msat.ZERO; // it tells no fee before it pays
    }

    @Override
    public PaymentOutcome pay(OutgoingPayment payment) {
        Optional<Failed> flaw = Attempts.flaw(payment, setup.chain(), true);
        if (flaw.isPresent()) {
            return flaw.get();
        }
        ObjectNode body = Json.object();
        body.put("invstring", payment.invoice().text());
        body.put("maxfee", payment.feeLimit().value());
        body.put("retry_for", setup.tryMax().toSeconds());
        body.put("maxdelay", DELAY_BLOCKS_MAX);
        Optional<Msat> asked = payment.invoice().amount();
        if (asked.isEmpty()) {
            body.put("amount_msat", payment.amount().value());
        } else if (payment.amount().compareTo(asked.get()) < 0) {
            body.put("partial_msat", payment.amount().value());
        }
        try {
            ClnRpc.Reply reply = rpc.ask("xpay", body, setup.payMax());
            return reply.error().isPresent()
                    ? refused(payment, reply.error().get())
                    : ClnPays.paid(payment, reply.json(), "payment_preimage");
        } catch (LightningException e) {
            return new Unknown(String.valueOf(e.getMessage()));
        }
    }

    /// `xpay` has ended with an error: what the node has of it now is all there will be.
    private PaymentOutcome refused(OutgoingPayment payment, ClnRpc.Problem problem) {
        pays.ended(payment.attemptId());
        PaymentOutcome look = pays.look(payment);
        return problem.code() == ALREADY_PAID
                ? Attempts.alreadyThere(look)
                : Attempts.refused(look, problem.reason());
    }

    @Override
    public PaymentOutcome look(OutgoingPayment payment) {
        return pays.look(payment);
    }

    @Override
    public void close() {
        rpc.close();
        watch.ifPresent(Watch::close);
    }
}
