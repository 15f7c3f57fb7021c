package me.owlrun.mint.quote;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;

import me.owlrun.bolt11.InvoiceWriter;
import me.owlrun.cashu.CashuJson;
import me.owlrun.json.Json;
import me.owlrun.mint.http.ApiHandler;
import me.owlrun.mint.ledger.TransferReader;
import me.owlrun.mint.outcome.ErrorCode;
import me.owlrun.mint.outcome.Outcome;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/// `POST /v1/mint/quote/bolt11`, `GET /v1/mint/quote/bolt11/{quote}` and `POST /v1/mint/bolt11`
/// (NUT-04, NUT-23).
public final class MintRoutes implements HttpService {

    private final Minting minting;

    /// @param minting the use case
    public MintRoutes(Minting minting) {
        this.minting = minting;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.post("/v1/mint/quote/bolt11", ApiHandler.post(this::request))
                .get("/v1/mint/quote/bolt11/{quote}", ApiHandler.get(this::quote))
                .post("/v1/mint/bolt11", ApiHandler.post(this::mint));
    }

    private Outcome<ObjectNode> request(ObjectNode request) {
        if (CashuJson.optionalText(request, "pubkey").isPresent()) {
            return new Outcome.Refused<>(
                    ErrorCode.OTHER, "Quotes locked to a public key (NUT-20) are not supported.");
        }
        String description = CashuJson.optionalText(request, "description").orElse("");
        byte[] utf8 = description.getBytes(StandardCharsets.UTF_8);
        if (utf8.length > InvoiceWriter.DESCRIPTION_BYTES_MAX) {
            return new Outcome.Refused<>(
                    ErrorCode.OTHER,
                    "The description has more than "
                            + InvoiceWriter.DESCRIPTION_BYTES_MAX
                            + " bytes.");
        }
        long amount = CashuJson.amount(request, "amount");
        return QuoteJson.unit(request)
                .then(unit -> minting.request(unit, amount, description))
                .map(QuoteJson::of);
    }

    private Outcome<ObjectNode> quote(ServerRequest request) {
        UUID id = QuoteJson.quoteId(request.path().pathParameters().get("quote"));
        return minting.find(id).map(QuoteJson::of);
    }

    private Outcome<ObjectNode> mint(ObjectNode request) {
        UUID id = QuoteJson.quoteId(CashuJson.text(request, "quote"));
        return TransferReader.outputs(request)
                .then(outputs -> minting.mint(id, outputs))
                .map(signatures -> {
                    ObjectNode node = Json.object();
                    node.set("signatures", CashuJson.toJson(signatures, CashuJson::toJson));
                    return node;
                });
    }
}
