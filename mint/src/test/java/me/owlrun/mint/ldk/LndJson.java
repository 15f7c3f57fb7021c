package me.owlrun.mint.ldk;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;

/// LND's messages as its REST gateway writes them: names with underscores, 64-bit numbers as
/// strings, bytes in base64, every field present.
final class LndJson {

    private LndJson() {}

    static ObjectNode payment(SentPayment payment) {
        long created = payment.created().getEpochSecond();
        long createdNanos = ChronoUnit.NANOS.between(Instant.EPOCH, payment.created());
        ObjectNode json =
                Json.object()
                        .put("payment_hash", payment.hash().hex())
                        .put("value", sats(payment.amountMsat()))
                        .put("creation_date", text(created))
                        .put("fee", sats(payment.feeMsat()))
                        .put("payment_preimage", payment.preimageHex())
                        .put("value_sat", sats(payment.amountMsat()))
                        .put("value_msat", text(payment.amountMsat()))
                        .put("payment_request", payment.request())
                        .put("status", payment.status().name())
                        .put("fee_sat", sats(payment.feeMsat()))
                        .put("fee_msat", text(payment.feeMsat()))
                        .put("creation_time_ns", text(createdNanos))
                        .put("payment_index", text(payment.index()))
                        .put("failure_reason", "FAILURE_REASON_" + payment.reason().name());
        json.putArray("htlcs");
        json.putObject("first_hop_custom_records");
        return json;
    }

    static ObjectNode invoice(OwnInvoice invoice) {
        OwnInvoice.Terms terms = invoice.terms();
        boolean settled = invoice.state() == OwnInvoice.State.SETTLED;
        long paidMsat = settled ? invoice.amountPaidMsat() : 0;
        ObjectNode json =
                Json.object()
                        .put("memo", terms.memo())
                        .put("r_preimage", base64(terms.preimageHex()))
                        .put("r_hash", base64(terms.hash().hex()))
                        .put("value", sats(terms.amountMsat()))
                        .put("value_msat", text(terms.amountMsat()))
                        .put("settled", settled)
                        .put("creation_date", text(terms.created().getEpochSecond()))
                        .put("settle_date", text(seconds(invoice.settledAt())))
                        .put("payment_request", terms.request())
                        .put("description_hash", "")
                        .put("expiry", text(terms.expirySeconds()))
                        .put("fallback_addr", "")
                        .put("cltv_expiry", "18")
                        .put("private", false)
                        .put("add_index", text(terms.addIndex()))
                        .put("settle_index", text(invoice.settleIndex()))
                        .put("amt_paid", text(paidMsat))
                        .put("amt_paid_sat", sats(paidMsat))
                        .put("amt_paid_msat", text(paidMsat))
                        .put("state", invoice.state().name())
                        .put("is_keysend", false)
                        .put("payment_addr", base64(terms.paymentSecretHex()))
                        .put("is_amp", false);
        json.putArray("route_hints");
        json.putArray("htlcs");
        json.putObject("features");
        json.putObject("amp_invoice_state");
        json.putObject("blinded_path_config");
        return json;
    }

    static ObjectNode amount(long msat) {
        return Json.object().put("sat", sats(msat)).put("msat", text(msat));
    }

    static String text(long number) {
        return Long.toString(number);
    }

    static String sats(long msat) {
        return text(Msat.of(msat).floorSat());
    }

    static String base64(String hex) {
        return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex));
    }

    private static long seconds(Instant time) {
        return Math.max(0, time.getEpochSecond());
    }
}
