package me.owlrun.mint.ldk;

import me.owlrun.bolt11.InvoiceWriter;
import me.owlrun.bolt11.PaymentHash;
import me.owlrun.cashu.Scalar;
import me.owlrun.money.Msat;

import org.ldk.enums.Currency;
import org.ldk.structs.Invoice;
import org.ldk.structs.UtilMethods;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;

/// Makes a node's invoices in two ways: by LDK's writer, so that our reader meets invoices that we
/// did not write, and by ours, so that LDK meets those.
final class InvoiceMaker {

    private final LdkKit kit;
    private final InvoiceBook invoices;
    private final Clock clock;

    InvoiceMaker(LdkKit kit, InvoiceBook invoices, Clock clock) {
        this.kit = kit;
        this.invoices = invoices;
        this.clock = clock;
    }

    /// Makes an invoice by LDK's own writer: good for an hour.
    ///
    /// @param amountMsat zero lets the payer choose
    OwnInvoice byLdk(long amountMsat, String memo, Reception reception) {
        Invoice made =
                LdkResults.made(
                        UtilMethods.create_invoice_from_channelmanager(
                                kit.manager(),
                                kit.keys().as_KeysInterface(),
                                Currency.LDKCurrency_Bitcoin,
                                LdkResults.option(amountMsat),
                                memo));
        byte[] hash = made.payment_hash();
        byte[] secret = made.payment_secret();
        byte[] preimage = LdkResults.preimage(kit.manager().get_payment_preimage(hash, secret));
        return invoices.add(
                index ->
                        new OwnInvoice.Terms(
                                PaymentHash.of(hash),
                                HexFormat.of().formatHex(preimage),
                                HexFormat.of().formatHex(secret),
                                made.to_str(),
                                memo,
                                amountMsat,
                                Instant.ofEpochSecond(made.timestamp()),
                                made.expiry_time(),
                                index),
                reception);
    }

    /// Makes an invoice by Owlrun's writer, with a preimage of the caller's choice.
    OwnInvoice byOwlrun(byte[] preimage, Msat amount, String memo, Duration expiry) {
        PaymentHash hash = PaymentHash.ofPreimage(preimage);
        byte[] secret =
                LdkResults.secret(
                        kit.manager()
                                .create_inbound_payment_for_hash(
                                        hash.bytes(),
                                        LdkResults.option(amount.value()),
                                        Math.toIntExact(expiry.toSeconds())));
        Instant created = clock.instant();
        String request =
                InvoiceWriter.write(
                        new InvoiceWriter.Draft(
                                LdkNode.INVOICE_NETWORK,
                                amount,
                                hash,
                                HexFormat.of().formatHex(secret),
                                memo,
                                created,
                                expiry),
                        Scalar.fromBytes(LdkResults.nodeSecret(kit.keys())));
        return invoices.add(
                index ->
                        new OwnInvoice.Terms(
                                hash,
                                HexFormat.of().formatHex(preimage),
                                HexFormat.of().formatHex(secret),
                                request,
                                memo,
                                amount.value(),
                                created,
                                expiry.toSeconds(),
                                index),
                Reception.CLAIM);
    }
}
