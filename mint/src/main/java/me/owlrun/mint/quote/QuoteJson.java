package me.owlrun.mint.quote;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.CashuFormatException;
import me.owlrun.cashu.CashuJson;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.json.Json;
import me.owlrun.mint.outcome.ErrorCode;
import me.owlrun.mint.outcome.Outcome;

import java.util.UUID;

/// The JSON forms of quotes (NUT-04, NUT-05, NUT-23).
final class QuoteJson {

    static final String METHOD = "bolt11";

    private QuoteJson() {}

    static ObjectNode of(MintQuote quote) {
        ObjectNode node = Json.object();
        node.put("quote", quote.id().toString());
        node.put("request", quote.request());
        node.put("method", METHOD);
        node.put("unit", quote.unit().text());
        node.put("amount", quote.amount());
        node.put("amount_paid", quote.amountPaid());
        node.put("amount_issued", quote.amountIssued());
        node.put("state", quote.state().name());
        node.put("expiry", quote.expiresAt().getEpochSecond());
        node.put("updated_at", quote.updatedAt().getEpochSecond());
        quote.pubkey().ifPresent(pubkey -> node.put("pubkey", pubkey.toHex()));
        return node;
    }

    static ObjectNode of(Melting.View view) {
        MeltQuote quote = view.quote();
        ObjectNode node = Json.object();
        node.put("quote", quote.id().toString());
        node.put("request", quote.request());
        node.put("method", METHOD);
        node.put("unit", quote.unit().text());
        node.put("amount", quote.amount());
        node.put("fee_reserve", quote.feeReserve());
        node.put("expiry", quote.expiresAt().getEpochSecond());
        switch (quote.state()) {
            case MeltQuote.Unpaid() -> node.put("state", "UNPAID").putNull("payment_preimage");
            case MeltQuote.Pending() -> node.put("state", "PENDING").putNull("payment_preimage");
            case MeltQuote.Paid(String preimageHex, var _) -> {
                node.put("state", "PAID").put("payment_preimage", preimageHex);
                node.set("change", CashuJson.toJson(view.change(), CashuJson::toJson));
            }
        }
        return node;
    }

    /// The unit of a quote request.
    static Outcome<CurrencyUnit> unit(ObjectNode request) {
        return CurrencyUnit.ofText(CashuJson.text(request, "unit"))
                .<Outcome<CurrencyUnit>>map(Outcome.Done::new)
                .orElseGet(() -> Outcome.refused(ErrorCode.UNIT_UNSUPPORTED));
    }

    /// The identifier of a quote, as it was given out.
    ///
    /// @throws CashuFormatException when it cannot be one of ours
    static UUID quoteId(String text) {
        try {
            UUID id = UUID.fromString(text);
            if (id.toString().equals(text)) {
                return id;
            }
        } catch (IllegalArgumentException e) {
            // answered below
        }
        throw new CashuFormatException("There is no such quote.");
    }
}
