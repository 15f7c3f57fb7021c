package me.owlrun.mint.quote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;

import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.CashuJson;
import me.owlrun.mint.http.ApiHandler;
import me.owlrun.mint.ledger.TransferReader;
import me.owlrun.mint.outcome.ErrorCode;
import me.owlrun.mint.outcome.Outcome;

import java.util.List;
import java.util.UUID;

/// `POST /v1/melt/quote/bolt11`, `GET /v1/melt/quote/bolt11/{quote}` and `POST /v1/melt/bolt11`
/// (NUT-05, NUT-08, NUT-23).
public final class MeltRoutes implements HttpService {

    private final Melting melting;

    /// @param melting the use case
    public MeltRoutes(Melting melting) {
        this.melting = melting;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.post("/v1/melt/quote/bolt11", ApiHandler.post(this::request))
                .get("/v1/melt/quote/bolt11/{quote}", ApiHandler.get(this::quote))
                .post("/v1/melt/bolt11", ApiHandler.post(this::melt));
    }

    private Outcome<ObjectNode> request(ObjectNode request) {
        JsonNode options = request.path("options");
        if (options.hasNonNull("mpp") || options.hasNonNull("amountless")) {
            return new Outcome.Refused<>(
                    ErrorCode.OTHER,
                    "Partial payments (NUT-15) and amountless invoices are not supported.");
        }
        String invoice = CashuJson.text(request, "request");
        return QuoteJson.unit(request)
                .then(unit -> melting.request(unit, invoice))
                .map(QuoteJson::of);
    }

    private Outcome<ObjectNode> quote(ServerRequest request) {
        UUID id = QuoteJson.quoteId(request.path().pathParameters().get("quote"));
        return melting.find(id).map(QuoteJson::of);
    }

    private Outcome<ObjectNode> melt(ObjectNode request) {
        UUID id = QuoteJson.quoteId(CashuJson.text(request, "quote"));
        return TransferReader.inputs(request)
                .then(inputs -> blanks(request).then(blanks -> melting.melt(id, inputs, blanks)))
                .map(QuoteJson::of);
    }

    private static Outcome<List<BlindedMessage>> blanks(ObjectNode request) {
        return request.hasNonNull("outputs")
                ? TransferReader.outputs(request)
                : new Outcome.Done<>(List.of());
    }
}
