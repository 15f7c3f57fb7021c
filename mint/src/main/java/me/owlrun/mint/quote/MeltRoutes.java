package me.owlrun.mint.quote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;

import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.CashuFormatException;
import me.owlrun.cashu.CashuJson;
import me.owlrun.mint.http.ApiHandler;
import me.owlrun.mint.ledger.TransferReader;
import me.owlrun.mint.outcome.Outcome;
import me.owlrun.money.Msat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// `POST /v1/melt/quote/bolt11`, `GET /v1/melt/quote/bolt11/{quote}` and `POST /v1/melt/bolt11`
/// (NUT-05, NUT-08, NUT-23).
public final class MeltRoutes implements HttpService {

    private static final HeaderName PREFER = HeaderNames.create("Prefer");
    private static final String RESPOND_ASYNC = "respond-async";

    private final Melting melting;

    /// @param melting the use case
    MeltRoutes(Melting melting) {
        this.melting = melting;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.post("/v1/melt/quote/bolt11", ApiHandler.post(this::request))
                .get("/v1/melt/quote/bolt11/{quote}", ApiHandler.get(this::quote))
                .post("/v1/melt/bolt11", ApiHandler.post(this::melt));
    }

    private Outcome<ObjectNode> request(ObjectNode request) {
        String invoice = CashuJson.text(request, "request");
        Melting.Options options =
                new Melting.Options(
                        option(request, "amountless", "amount_msat"),
                        option(request, "mpp", "amount"));
        return QuoteJson.unit(request)
                .then(unit -> melting.request(unit, invoice, options))
                .map(QuoteJson::of);
    }

    /// The amount in an option, always in millisats.
    private static Optional<Msat> option(ObjectNode request, String name, String field) {
        Optional<JsonNode> options = object(request, "options");
        return options.flatMap(node -> object(node, name))
                .map(option -> Msat.of(CashuJson.amount(option, field)));
    }

    private static Optional<JsonNode> object(JsonNode parent, String name) {
        JsonNode node = parent.path(name);
        if (node.isMissingNode() || node.isNull()) {
            return Optional.empty();
        }
        if (!node.isObject()) {
            throw new CashuFormatException("'" + name + "' must be an object");
        }
        return Optional.of(node);
    }

    private Outcome<ObjectNode> quote(ServerRequest request) {
        UUID id = QuoteJson.quoteId(request.path().pathParameters().get("quote"));
        return melting.find(id).map(QuoteJson::of);
    }

    private Outcome<ObjectNode> melt(ServerRequest http, ObjectNode request) {
        UUID id = QuoteJson.quoteId(CashuJson.text(request, "quote"));
        boolean waits = !prefersAsync(request) && !prefersAsync(http.headers());
        return TransferReader.inputs(request)
                .then(inputs ->
                        blanks(request).then(blanks -> melting.melt(id, inputs, blanks, waits)))
                .map(QuoteJson::of);
    }

    private static Outcome<List<BlindedMessage>> blanks(ObjectNode request) {
        return request.hasNonNull("outputs")
                ? TransferReader.outputs(request)
                : new Outcome.Done<>(List.of());
    }

    private static boolean prefersAsync(ObjectNode request) {
        JsonNode preference = request.path("prefer_async");
        if (!preference.isMissingNode() && !preference.isNull() && !preference.isBoolean()) {
            throw new CashuFormatException("'prefer_async' must be true or false");
        }
        return preference.asBoolean(false);
    }

    /// The form that came before `prefer_async`, from RFC 7240.
    private static boolean prefersAsync(ServerRequestHeaders headers) {
        return headers.values(PREFER).stream()
                .flatMap(value -> Arrays.stream(value.split("[,;]")))
                .anyMatch(token -> token.strip().equalsIgnoreCase(RESPOND_ASYNC));
    }
}
