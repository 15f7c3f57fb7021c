package me.owlrun.mint.quote;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;

import me.owlrun.bolt11.InvoiceWriter;
import me.owlrun.cashu.BlindSignature;
import me.owlrun.cashu.CashuFormatException;
import me.owlrun.cashu.CashuJson;
import me.owlrun.cashu.Point;
import me.owlrun.json.Json;
import me.owlrun.mint.http.ApiHandler;
import me.owlrun.mint.ledger.Limits;
import me.owlrun.mint.ledger.TransferReader;
import me.owlrun.mint.outcome.ErrorCode;
import me.owlrun.mint.outcome.Outcome;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// The endpoints of mint quotes and of the issue of their ecash (NUT-04, NUT-20, NUT-23, NUT-29).
public final class MintRoutes implements HttpService {

    private static final String QUOTES = "quotes";
    private static final String SIGNATURES = "signatures";

    private final Minting minting;
    private final Issuing issuing;

    /// @param minting quotes
    /// @param issuing their ecash
    public MintRoutes(Minting minting, Issuing issuing) {
        this.minting = minting;
        this.issuing = issuing;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.post("/v1/mint/quote/bolt11", ApiHandler.post(this::request))
                .get("/v1/mint/quote/bolt11/{quote}", ApiHandler.get(this::quote))
                .post("/v1/mint/quote/bolt11/check", ApiHandler.post(this::check))
                .post("/v1/mint/bolt11", ApiHandler.post(this::mint))
                .post("/v1/mint/bolt11/batch", ApiHandler.post(this::mintBatch));
    }

    private Outcome<ObjectNode> request(ObjectNode request) {
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
                .then(unit ->
                        pubkey(request)
                                .then(pubkey -> minting.request(unit, amount, description, pubkey)))
                .map(QuoteJson::of);
    }

    private static Outcome<Optional<Point>> pubkey(ObjectNode request) {
        try {
            return new Outcome.Done<>(
                    CashuJson.optionalText(request, "pubkey").map(Point::fromHex));
        } catch (CashuFormatException _) {
            return Outcome.refused(ErrorCode.PUBKEY_INVALID);
        }
    }

    private Outcome<ObjectNode> quote(ServerRequest request) {
        UUID id = QuoteJson.quoteId(request.path().pathParameters().get("quote"));
        return minting.find(id).map(QuoteJson::of);
    }

    private Outcome<ArrayNode> check(ObjectNode request) {
        return quoteIds(request)
                .then(ids -> {
                    ArrayNode quotes = Json.array();
                    for (UUID id : ids) {
                        switch (minting.find(id)) {
                            case Outcome.Done<MintQuote>(MintQuote quote) ->
                                    quotes.add(QuoteJson.of(quote));
                            case Outcome.Refused<MintQuote> refused -> {
                                return refused.as();
                            }
                        }
                    }
                    return new Outcome.Done<>(quotes);
                });
    }

    private Outcome<ObjectNode> mint(ObjectNode request) {
        UUID id = QuoteJson.quoteId(CashuJson.text(request, "quote"));
        Optional<String> signature = CashuJson.optionalText(request, "signature");
        return TransferReader.outputs(request)
                .then(outputs -> issuing.mint(MintOrder.single(id, outputs, signature)))
                .map(MintRoutes::answer);
    }

    private Outcome<ObjectNode> mintBatch(ObjectNode request) {
        return TransferReader.outputs(request)
                .then(outputs ->
                        quoteIds(request)
                                .then(ids ->
                                        signatures(request, ids.size())
                                                .then(signatures ->
                                                        issuing.mint(
                                                                new MintOrder(
                                                                        notEmpty(ids),
                                                                        amounts(request),
                                                                        outputs,
                                                                        signatures,
                                                                        true)))))
                .map(MintRoutes::answer);
    }

    private static Outcome<List<UUID>> quoteIds(ObjectNode request) {
        if (request.path(QUOTES).size() > Limits.BATCH_MAX) {
            return Outcome.refused(ErrorCode.BATCH_TOO_LARGE);
        }
        List<UUID> ids =
                CashuJson.list(
                        request,
                        QUOTES,
                        Limits.BATCH_MAX,
                        node -> QuoteJson.quoteId(node.isTextual() ? node.textValue() : ""));
        return new HashSet<>(ids).size() < ids.size()
                ? Outcome.refused(ErrorCode.DUPLICATE_QUOTES)
                : new Outcome.Done<>(ids);
    }

    private static List<UUID> notEmpty(List<UUID> ids) {
        if (ids.isEmpty()) {
            throw new CashuFormatException("'" + QUOTES + "' must not be empty");
        }
        return ids;
    }

    private static Optional<List<Long>> amounts(ObjectNode request) {
        String field = "quote_amounts";
        if (!request.hasNonNull(field)) {
            return Optional.empty();
        }
        return Optional.of(
                CashuJson.list(
                        request,
                        field,
                        Limits.BATCH_MAX,
                        node -> CashuJson.amount(Json.object().set(field, node), field)));
    }

    /// One signature per quote, null for those without a lock; none at all if no quote has one.
    private static Outcome<List<Optional<String>>> signatures(ObjectNode request, int count) {
        if (!request.hasNonNull(SIGNATURES)) {
            return new Outcome.Done<>(Collections.nCopies(count, Optional.empty()));
        }
        List<Optional<String>> signatures =
                CashuJson.list(
                        request,
                        SIGNATURES,
                        Limits.BATCH_MAX,
                        node ->
                                CashuJson.optionalText(
                                        Json.object().set(SIGNATURES, node), SIGNATURES));
        return signatures.size() == count
                ? new Outcome.Done<>(signatures)
                : Outcome.refused(ErrorCode.QUOTE_SIGNATURE);
    }

    private static ObjectNode answer(List<BlindSignature> signatures) {
        ObjectNode node = Json.object();
        node.set("signatures", CashuJson.toJson(signatures, CashuJson::toJson));
        return node;
    }
}
