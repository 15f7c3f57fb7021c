package me.owlrun.gateway.vault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;

import me.owlrun.cashu.BlindSignature;
import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.CashuFormatException;
import me.owlrun.cashu.CashuJson;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Point;
import me.owlrun.cashu.Proof;
import me.owlrun.gateway.outbound.Fetched;
import me.owlrun.gateway.outbound.KnownHttp;
import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;
import me.owlrun.metrics.Figure;
import me.owlrun.metrics.Histogram;
import me.owlrun.money.Msat;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/// Asks a Cashu mint over HTTP (NUT-01 to 05, 07 to 09). Works with any standard mint. Thread-safe.
public final class MintClient implements AutoCloseable {

    private static final int ANSWER_BYTES_MAX = 4_194_304;
    private static final int LIST_MAX = 1_000;
    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;

    /// Codes by which a mint says that it is at work on the same proofs: not an end.
    private static final Set<Integer> PENDING_CODES = Set.of(11002, 11004, 20005);

    private final Histogram answered = new Histogram();
    private final KnownHttp http;
    private final Duration answerMax;

    /// @param mint the mint's address, without a slash at its end
    /// @param answerMax how long one answer may take
    public MintClient(URI mint, Duration answerMax) {
        this.http = new KnownHttp(mint);
        this.answerMax = answerMax;
    }

    /// How long the mint took to answer.
    public List<Figure.Sample> answerTimes() {
        return answered.samples(Map.of());
    }

    /// What a mint says about the outputs it has signed (NUT-09).
    ///
    /// @param outputs the points it knows, in the order of the signatures
    /// @param signatures its signatures
    public record Restored(List<Point> outputs, List<BlindSignature> signatures) {}

    /// An invoice that turns into ecash when paid (NUT-04, NUT-23).
    ///
    /// @param id the quote's name
    /// @param invoice what has to be paid
    /// @param state `UNPAID`, `PAID` or `ISSUED`
    /// @param expiryEpochSeconds when an unpaid one ends, if it does
    public record Quote(String id, String invoice, String state, OptionalLong expiryEpochSeconds) {}

    /// An offer to pay an invoice for ecash (NUT-05), or how it went. Amounts are steps of its
    /// unit.
    ///
    /// @param id the quote's name
    /// @param feeReserve the most that Lightning may cost on top
    /// @param state `UNPAID`, `PENDING` or `PAID`
    /// @param preimageHex the proof of payment, if the mint tells
    /// @param change signatures on blanks, in their order (NUT-08); empty when the answer has none
    public record Melt(
            String id,
            long amount,
            long feeReserve,
            String state,
            OptionalLong expiryEpochSeconds,
            Optional<String> preimageHex,
            Optional<List<BlindSignature>> change) {}

    /// The list of all keysets (NUT-02), as the mint sends it.
    public MintAnswer<JsonNode> keysets() {
        return get("/v1/keysets", json -> json);
    }

    /// One keyset with its keys (NUT-01), as the mint sends it.
    public MintAnswer<JsonNode> keys(String keysetId) {
        return get("/v1/keys/" + keysetId, json -> json);
    }

    /// Swaps proofs for signatures on outputs of the same total (NUT-03).
    public MintAnswer<List<BlindSignature>> swap(List<Proof> inputs, List<BlindedMessage> outputs) {
        ObjectNode body = Json.object();
        body.set("inputs", CashuJson.toJson(inputs, CashuJson::toJson));
        body.set("outputs", CashuJson.toJson(outputs, CashuJson::toJson));
        return post("/v1/swap", body, MintClient::signatures);
    }

    /// Asks which outputs were signed before (NUT-09).
    public MintAnswer<Restored> restore(List<BlindedMessage> outputs) {
        ObjectNode body = Json.object();
        body.set("outputs", CashuJson.toJson(outputs, CashuJson::toJson));
        return post(
                "/v1/restore",
                body,
                json ->
                        new Restored(
                                CashuJson.list(
                                        json,
                                        "outputs",
                                        LIST_MAX,
                                        output -> CashuJson.blindedMessage(output).b()),
                                signatures(json)));
    }

    /// Asks for an invoice.
    ///
    /// @param amount steps of the unit
    public MintAnswer<Quote> mintQuote(long amount, CurrencyUnit unit) {
        ObjectNode body = Json.object();
        body.put("amount", amount);
        body.put("unit", unit.text());
        return post("/v1/mint/quote/bolt11", body, MintClient::quote);
    }

    /// Asks how an invoice stands.
    public MintAnswer<Quote> quote(String id) {
        return get("/v1/mint/quote/bolt11/" + id, MintClient::quote);
    }

    /// Turns a paid invoice into signatures.
    public MintAnswer<List<BlindSignature>> mint(String quote, List<BlindedMessage> outputs) {
        ObjectNode body = Json.object();
        body.put("quote", quote);
        body.set("outputs", CashuJson.toJson(outputs, CashuJson::toJson));
        return post("/v1/mint/bolt11", body, MintClient::signatures);
    }

    /// Asks what paying an invoice takes.
    ///
    /// @param chosen the amount of an invoice that names none
    public MintAnswer<Melt> meltQuote(String invoice, CurrencyUnit unit, Optional<Msat> chosen) {
        ObjectNode body = Json.object();
        body.put("request", invoice);
        body.put("unit", unit.text());
        chosen.ifPresent(amount ->
                body.putObject("options")
                        .putObject("amountless")
                        .put("amount_msat", amount.value()));
        return post("/v1/melt/quote/bolt11", body, MintClient::melt);
    }

    /// Asks how a payment stands.
    public MintAnswer<Melt> meltQuote(String id) {
        return get("/v1/melt/quote/bolt11/" + id, MintClient::melt);
    }

    /// Pays a quote; the mint may answer before it knows the end.
    public MintAnswer<Melt> melt(String quote, List<Proof> inputs, List<BlindedMessage> blanks) {
        ObjectNode body = Json.object();
        body.put("quote", quote);
        body.set("inputs", CashuJson.toJson(inputs, CashuJson::toJson));
        body.set("outputs", CashuJson.toJson(blanks, CashuJson::toJson));
        body.put("prefer_async", true);
        return post("/v1/melt/bolt11", body, MintClient::melt);
    }

    /// Asks how proofs stand: `UNSPENT`, `PENDING` or `SPENT`, in their order (NUT-07).
    public MintAnswer<List<String>> states(List<Proof> proofs) {
        ObjectNode body = Json.object();
        body.set("Ys", CashuJson.toJson(proofs, proof -> TextNode.valueOf(proof.y().toHex())));
        return post(
                "/v1/checkstate",
                body,
                json ->
                        CashuJson.list(
                                json, "states", LIST_MAX, node -> CashuJson.text(node, "state")));
    }

    private static Melt melt(JsonNode json) {
        return new Melt(
                CashuJson.text(json, "quote"),
                CashuJson.amount(json, "amount"),
                CashuJson.amount(json, "fee_reserve"),
                CashuJson.text(json, "state"),
                json.path("expiry").canConvertToLong()
                        ? OptionalLong.of(json.path("expiry").longValue())
                        : OptionalLong.empty(),
                CashuJson.optionalText(json, "payment_preimage"),
                json.path("change").isArray()
                        ? Optional.of(
                                CashuJson.list(json, "change", LIST_MAX, CashuJson::blindSignature))
                        : Optional.empty());
    }

    private static List<BlindSignature> signatures(JsonNode json) {
        return CashuJson.list(json, "signatures", LIST_MAX, CashuJson::blindSignature);
    }

    private static Quote quote(JsonNode json) {
        return new Quote(
                CashuJson.text(json, "quote"),
                CashuJson.text(json, "request"),
                CashuJson.text(json, "state"),
                json.path("expiry").canConvertToLong()
                        ? OptionalLong.of(json.path("expiry").longValue())
                        : OptionalLong.empty());
    }

    private <T> MintAnswer<T> get(String path, Function<JsonNode, T> parse) {
        return send(new KnownHttp.Question(path, Optional.empty()), parse);
    }

    private <T> MintAnswer<T> post(String path, ObjectNode body, Function<JsonNode, T> parse) {
        return send(new KnownHttp.Question(path, Optional.of(Json.text(body))), parse);
    }

    private <T> MintAnswer<T> send(KnownHttp.Question question, Function<JsonNode, T> parse) {
        long startNanos = System.nanoTime();
        return switch (http.ask(question, ANSWER_BYTES_MAX, answerMax)) {
            case Fetched.Answer(int status, String body) -> {
                answered.add(System.nanoTime() - startNanos);
                yield read(status, body, parse);
            }
            case Fetched.Failed(Fetched.Fault fault, String detail) ->
                    switch (fault) {
                        case CONNECT, NAME, TLS -> new MintAnswer.NotSent<>();
                        case FORBIDDEN, TIMEOUT, TOO_LARGE, BROKEN, REDIRECTS ->
                                new MintAnswer.Unknown<>(detail);
                    };
        };
    }

    private static <T> MintAnswer<T> read(int status, String body, Function<JsonNode, T> parse) {
        try {
            JsonNode json = Json.parse(body);
            if (status == OK) {
                return new MintAnswer.Ok<>(parse.apply(json));
            }
            int code = json.path("code").asInt(-1);
            if (status == BAD_REQUEST && code >= 0 && !PENDING_CODES.contains(code)) {
                return new MintAnswer.Refused<>(code);
            }
            return new MintAnswer.Unknown<>("status " + status + ", code " + code);
        } catch (InvalidJsonException | CashuFormatException e) {
            return new MintAnswer.Unknown<>("status " + status + ", " + e.getMessage());
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
