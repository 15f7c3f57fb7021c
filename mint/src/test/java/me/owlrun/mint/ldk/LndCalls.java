package me.owlrun.mint.ldk;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.bolt11.InvoiceReader;
import me.owlrun.bolt11.InvoiceWriter;
import me.owlrun.bolt11.PaymentHash;
import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import org.ldk.structs.ChannelDetails;
import org.ldk.structs.Invoice;
import org.ldk.structs.Route;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/// The calls of LND that have one answer.
final class LndCalls {

    private static final Duration EXPIRY_DEFAULT = Duration.ofDays(1);
    private static final int PREIMAGE_BYTES = 32;

    private final LdkNode node;
    private final SecureRandom random = new SecureRandom();

    LndCalls(LdkNode node) {
        this.node = node;
    }

    ObjectNode getInfo(LndRequest request) {
        byte[] hash = node.tip();
        for (int i = 0; i < hash.length / 2; i++) {
            byte other = hash[hash.length - 1 - i];
            hash[hash.length - 1 - i] = hash[i];
            hash[i] = other;
        }
        ObjectNode json =
                Json.object()
                        .put("version", "0.20.0-beta ldk")
                        .put("identity_pubkey", HexFormat.of().formatHex(node.id()))
                        .put("alias", "ldk")
                        .put("num_active_channels", node.usableChannels())
                        .put("num_peers", node.kit().peers().get_peer_node_ids().length)
                        .put("block_height", node.height())
                        .put("block_hash", HexFormat.of().formatHex(hash))
                        .put("synced_to_chain", true)
                        .put("synced_to_graph", true);
        json.putArray("chains").addObject().put("chain", "bitcoin").put("network", "mainnet");
        json.putArray("uris");
        json.putObject("features");
        return json;
    }

    ObjectNode channelBalance(LndRequest request) {
        long ours = sum(ChannelDetails::get_balance_msat);
        long theirs = sum(channel -> channel.get_channel_value_satoshis() * Msat.MSAT_PER_SAT);
        ObjectNode json =
                Json.object().put("balance", LndJson.sats(ours)).put("pending_open_balance", "0");
        json.set("local_balance", LndJson.amount(ours));
        json.set("remote_balance", LndJson.amount(theirs - ours));
        for (String none :
                List.of(
                        "unsettled_local_balance",
                        "unsettled_remote_balance",
                        "pending_open_local_balance",
                        "pending_open_remote_balance")) {
            json.set(none, LndJson.amount(0));
        }
        return json;
    }

    private long sum(ToLongFunction<ChannelDetails> part) {
        return Arrays.stream(node.kit().manager().list_channels()).mapToLong(part).sum();
    }

    ObjectNode addInvoice(LndRequest request) {
        long amountMsat =
                Math.addExact(
                        request.number("value_msat"),
                        Math.multiplyExact(request.number("value"), Msat.MSAT_PER_SAT));
        if (request.number("value_msat") != 0 && request.number("value") != 0) {
            throw LndError.unknown("arguments value and value_msat are mutually exclusive");
        }
        String memo = request.text("memo");
        int memoBytes = memo.getBytes(StandardCharsets.UTF_8).length;
        if (memoBytes > InvoiceWriter.DESCRIPTION_BYTES_MAX) {
            throw LndError.unknown(
                    "memo too large: %d bytes (maxsize=%d)"
                            .formatted(memoBytes, InvoiceWriter.DESCRIPTION_BYTES_MAX));
        }
        OwnInvoice made =
                amountMsat == 0
                        ? node.invoiceMaker().byLdk(0, memo, Reception.CLAIM)
                        : node.invoiceMaker()
                                .byOwlrun(
                                        preimage(request),
                                        Msat.of(amountMsat),
                                        memo,
                                        expiry(request));
        return Json.object()
                .put("r_hash", LndJson.base64(made.terms().hash().hex()))
                .put("payment_request", made.terms().request())
                .put("add_index", LndJson.text(made.terms().addIndex()))
                .put("payment_addr", LndJson.base64(made.terms().paymentSecretHex()));
    }

    private static Duration expiry(LndRequest request) {
        long seconds = request.number("expiry");
        return seconds == 0 ? EXPIRY_DEFAULT : Duration.ofSeconds(seconds);
    }

    private byte[] preimage(LndRequest request) {
        byte[] given = request.bytes("r_preimage");
        if (given.length == 0) {
            return LdkKit.bytes(random);
        }
        if (given.length != PREIMAGE_BYTES) {
            throw LndError.unknown("payment preimage must be exactly 32 bytes");
        }
        if (node.invoices().find(PaymentHash.ofPreimage(given)).isPresent()) {
            throw LndError.unknown("invoice with payment hash already exists");
        }
        return given;
    }

    ObjectNode lookupInvoice(LndRequest request) {
        return node.invoices()
                .find(request.hexHash())
                .map(LndJson::invoice)
                .orElseThrow(() -> LndError.notFound("unable to locate invoice"));
    }

    ObjectNode decodePayReq(LndRequest request) {
        Invoice invoice = parsed(request.rest());
        long amountMsat = LdkResults.number(invoice.amount_milli_satoshis()).orElse(0);
        HexFormat hex = HexFormat.of();
        ObjectNode json =
                Json.object()
                        .put("destination", hex.formatHex(invoice.recover_payee_pub_key()))
                        .put("payment_hash", hex.formatHex(invoice.payment_hash()))
                        .put("num_satoshis", LndJson.sats(amountMsat))
                        .put("timestamp", LndJson.text(invoice.timestamp()))
                        .put("expiry", LndJson.text(invoice.expiry_time()))
                        .put(
                                "description",
                                InvoiceReader.read(request.rest())
                                        .map(me.owlrun.bolt11.Invoice::description)
                                        .orElse(""))
                        .put("description_hash", "")
                        .put("fallback_addr", "")
                        .put("cltv_expiry", LndJson.text(invoice.min_final_cltv_expiry()))
                        .put(
                                "payment_addr",
                                LndJson.base64(hex.formatHex(invoice.payment_secret())))
                        .put("num_msat", LndJson.text(amountMsat));
        json.putArray("route_hints");
        json.putArray("blinded_paths");
        json.putObject("features");
        return json;
    }

    ObjectNode estimateRouteFee(LndRequest request) {
        Invoice invoice = parsed(request.text("payment_request"));
        long amountMsat = LdkResults.number(invoice.amount_milli_satoshis()).orElse(0);
        Optional<Route> route = node.route(invoice, amountMsat);
        return Json.object()
                .put("routing_fee_msat", LndJson.text(route.map(Route::get_total_fees).orElse(0L)))
                .put("time_lock_delay", LndJson.text(route.isPresent() ? node.height() : 0))
                .put(
                        "failure_reason",
                        "FAILURE_REASON_" + (route.isPresent() ? "NONE" : "NO_ROUTE"));
    }

    static Invoice parsed(String text) {
        return LdkResults.parsed(text)
                .orElseThrow(() -> LndError.unknown("checksum failed or invoice not understood"));
    }
}
