package me.owlrun.gateway.lnurl;

import static me.owlrun.gateway.lnurl.LnurlHttp.refused;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.bolt11.Invoice;
import me.owlrun.bolt11.InvoiceReader;
import me.owlrun.bolt11.InvoiceReader.Reading;
import me.owlrun.hash.Sha256;
import me.owlrun.money.Msat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// What an invoice of a stranger's server must be before it is paid. Whether its hash came before
/// and whether the payee is we ourselves is for the payer to know.
///
/// @param network whose invoices are taken
/// @param policy what is asked of the description hash
record InvoiceChecks(Network network, DescriptionHash policy, InstantSource clock) {

    /// A payment may need retries, and a slow one must not outlive its invoice.
    private static final Duration LEFT_MIN = Duration.ofMinutes(10);

    /// Blocks that the last node may hold a payment: three and a half days.
    private static final long FINAL_CLTV_BLOCKS_MAX = 500;

    /// Checks the answer of a callback.
    ///
    /// @param asked the amount that was asked for
    /// @param metadata the text whose hash the invoice carries
    Lookup<PayInvoice> check(JsonNode json, Msat asked, String metadata) {
        if (!json.path("pr").isTextual()) {
            return refused(Refusal.INVOICE, "there is no invoice in the answer");
        }
        return switch (InvoiceReader.inspect(json.path("pr").textValue())) {
            case Reading.Flawed(InvoiceReader.Flaw flaw) -> flawed(flaw);
            case Reading.Valid(Invoice invoice) -> {
                Lookup<Invoice> checked = check(invoice, asked, metadata);
                yield switch (checked) {
                    case Lookup.Refused<Invoice>(Refusal refusal, String reason) ->
                            new Lookup.Refused<>(refusal, reason);
                    case Lookup.Found<Invoice> _ ->
                            new Lookup.Found<>(
                                    new PayInvoice(
                                            invoice.text(),
                                            invoice,
                                            TermsReader.uri(json.path("verify"))));
                };
            }
        };
    }

    private static Lookup<PayInvoice> flawed(InvoiceReader.Flaw flaw) {
        return switch (flaw) {
            case FORM -> refused(Refusal.INVOICE, "the invoice cannot be read");
            case AMOUNT -> refused(Refusal.AMOUNT, "the invoice's amount cannot be read");
            case SECRET -> refused(Refusal.SECRET, "the invoice has no payment secret");
            case SIGNATURE -> refused(Refusal.SIGNATURE, "the invoice's signature is wrong");
        };
    }

    private Lookup<Invoice> check(Invoice invoice, Msat asked, String metadata) {
        if (!network.has(invoice.network())) {
            return refused(Refusal.NETWORK, "the invoice is of the network " + invoice.network());
        }
        if (invoice.amount().filter(asked::equals).isEmpty()) {
            return refused(Refusal.AMOUNT, "the invoice is not over " + asked);
        }
        Instant now = clock.instant();
        if (invoice.expiresAt().isBefore(now.plus(LEFT_MIN))) {
            return refused(Refusal.EXPIRY, "the invoice ends too soon");
        }
        if (invoice.finalCltvBlocks() > FINAL_CLTV_BLOCKS_MAX) {
            return refused(
                    Refusal.CLTV,
                    "the last node may hold it for " + invoice.finalCltvBlocks() + " blocks");
        }
        if (!isForThis(invoice, metadata)) {
            return refused(Refusal.DESCRIPTION_HASH, "the invoice is not for this address");
        }
        return new Lookup.Found<>(invoice);
    }

    private boolean isForThis(Invoice invoice, String metadata) {
        return switch (policy) {
            case OFF -> true;
            case STRICT -> hashIs(invoice, metadata);
            case MATCH_IF_PRESENT ->
                    invoice.descriptionHashHex().isEmpty() || hashIs(invoice, metadata);
        };
    }

    private static boolean hashIs(Invoice invoice, String metadata) {
        return invoice.descriptionHashHex().filter(Sha256.hexOf(metadata)::equals).isPresent();
    }
}
