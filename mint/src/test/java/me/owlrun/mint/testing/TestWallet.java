package me.owlrun.mint.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.Amounts;
import me.owlrun.cashu.BlindSignature;
import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.CashuJson;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Keyset;
import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Point;
import me.owlrun.cashu.Proof;
import me.owlrun.cashu.Scalar;
import me.owlrun.cashu.Token;
import me.owlrun.cashu.TokenCodec;
import me.owlrun.json.Json;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/// A wallet of one unit for tests, over real HTTP: mints, swaps, melts, checks; the raw calls are
/// there too. Keeps no proofs itself.
public final class TestWallet {

    private static final Duration PAID_WITHIN = Duration.ofSeconds(20);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(60);
    private static final Duration POLL_EVERY = Duration.ofMillis(20);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final SecureRandom random = new SecureRandom();
    private final String mintUrl;
    private final CurrencyUnit unit;
    private final Keyset keyset;

    /// @param mintUrl the mint's address, without a slash at its end
    /// @param unit the unit it holds
    public TestWallet(String mintUrl, CurrencyUnit unit) {
        this.mintUrl = mintUrl;
        this.unit = unit;
        this.keyset = fetchKeyset();
    }

    /// An answer of the mint.
    ///
    /// @param status the HTTP status
    /// @param body the JSON in it
    public record Reply(int status, JsonNode body) {

        /// The error code, or 0 when it is no error.
        public int code() {
            return body.path("code").asInt(0);
        }

        /// The body of an answer that must be good.
        public JsonNode ok() {
            if (status != 200) {
                throw new AssertionError("HTTP " + status + ": " + body);
            }
            return body;
        }
    }

    /// The mint's active keyset of the unit.
    public Keyset keyset() {
        return keyset;
    }

    /// New ecash: asks for a quote, waits until it is paid, and mints it.
    public List<Proof> mint(long amount) {
        JsonNode quote = mintQuote(amount);
        String id = quote.path("quote").textValue();
        awaitPaid(id);
        return mint(id, amount);
    }

    /// A fresh mint quote, as the mint answered it.
    public JsonNode mintQuote(long amount) {
        ObjectNode request = Json.object().put("amount", amount).put("unit", unit.text());
        return post("/v1/mint/quote/bolt11", request).ok();
    }

    /// Waits until a mint quote is paid.
    public void awaitPaid(String quoteId) {
        long deadline = System.nanoTime() + PAID_WITHIN.toNanos();
        while (!"PAID".equals(mintQuote(quoteId).path("state").textValue())) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("the quote was not paid in time");
            }
            LockSupport.parkNanos(POLL_EVERY.toNanos());
        }
    }

    /// A mint quote as it stands.
    public JsonNode mintQuote(String quoteId) {
        return get("/v1/mint/quote/bolt11/" + quoteId).ok();
    }

    /// The ecash of a paid quote.
    public List<Proof> mint(String quoteId, long amount) {
        List<OutputData> outputs = outputs(Amounts.split(amount));
        ObjectNode request = withOutputs(Json.object().put("quote", quoteId), outputs);
        return unblind(outputs, post("/v1/mint/bolt11", request).ok());
    }

    /// Other proofs for these, of the amounts given.
    public List<Proof> swap(List<Proof> inputs, List<Long> amounts) {
        List<OutputData> outputs = outputs(amounts);
        return unblind(outputs, post("/v1/swap", swapRequest(inputs, outputs)).ok());
    }

    /// New ecash with these secrets, one proof of the amount for each.
    public List<Proof> mintLocked(long amountEach, List<String> secrets) {
        return lock(mint(Math.multiplyExact(amountEach, secrets.size())), amountEach, secrets);
    }

    /// Swaps proofs into proofs with these secrets, of one amount each.
    public List<Proof> lock(List<Proof> inputs, long amountEach, List<String> secrets) {
        List<OutputData> outputs =
                secrets.stream()
                        .map(secret ->
                                new OutputData(
                                        amountEach, keyset.id(), secret, Scalar.random(random)))
                        .toList();
        return unblind(outputs, post("/v1/swap", swapRequest(inputs, outputs)).ok());
    }

    /// A swap request.
    public ObjectNode swapRequest(List<Proof> inputs, List<OutputData> outputs) {
        return withOutputs(withInputs(Json.object(), inputs), outputs);
    }

    /// A fresh melt quote for an invoice, as the mint answered it.
    public JsonNode meltQuote(String invoice) {
        ObjectNode request = Json.object().put("request", invoice).put("unit", unit.text());
        return post("/v1/melt/quote/bolt11", request).ok();
    }

    /// Pays a melt quote; blanks are for the change.
    public Reply melt(String quoteId, List<Proof> inputs, List<OutputData> blanks) {
        ObjectNode request = withInputs(Json.object().put("quote", quoteId), inputs);
        return post("/v1/melt/bolt11", withOutputs(request, blanks));
    }

    /// The states of proofs, in their order.
    public List<String> states(List<Proof> proofs) {
        ObjectNode request = Json.object();
        request.set("Ys", CashuJson.toJson(proofs, p -> Json.array().textNode(p.y().toHex())));
        List<String> states = new ArrayList<>();
        post("/v1/checkstate", request)
                .ok()
                .path("states")
                .forEach(state -> states.add(state.path("state").textValue()));
        return states;
    }

    /// Fresh outputs of these amounts.
    public List<OutputData> outputs(List<Long> amounts) {
        return amounts.stream().map(a -> OutputData.random(a, keyset.id(), random)).toList();
    }

    /// Adds `inputs`.
    public ObjectNode withInputs(ObjectNode request, List<Proof> inputs) {
        request.set("inputs", CashuJson.toJson(inputs, CashuJson::toJson));
        return request;
    }

    /// Adds `outputs`.
    public ObjectNode withOutputs(ObjectNode request, List<OutputData> outputs) {
        List<BlindedMessage> messages = outputs.stream().map(OutputData::blindedMessage).toList();
        request.set("outputs", CashuJson.toJson(messages, CashuJson::toJson));
        return request;
    }

    /// The proofs that the signatures in an answer make of outputs; checks every DLEQ.
    public List<Proof> unblind(List<OutputData> outputs, JsonNode answer) {
        List<BlindSignature> signatures =
                CashuJson.list(answer, "signatures", outputs.size(), CashuJson::blindSignature);
        if (signatures.size() != outputs.size()) {
            throw new AssertionError("the mint signed " + signatures.size() + " outputs");
        }
        List<Proof> proofs = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            if (signatures.get(i).dleq().isEmpty()) {
                throw new AssertionError("a signature without DLEQ");
            }
            proofs.add(outputs.get(i).unblind(signatures.get(i), keyset));
        }
        return proofs;
    }

    /// The proofs as a token of version 4, or of version 3.
    public String token(List<Proof> proofs, boolean version4) {
        Token token = new Token(mintUrl, unit.text(), Optional.empty(), proofs);
        return version4 ? TokenCodec.encodeB(token) : TokenCodec.encodeA(token);
    }

    /// The sum of proofs.
    public static long sum(List<Proof> proofs) {
        return proofs.stream().mapToLong(Proof::amount).sum();
    }

    /// Sends a JSON request.
    public Reply post(String path, JsonNode body) {
        return post(path, Json.bytes(body));
    }

    /// Sends any bytes as a request.
    public Reply post(String path, byte[] body) {
        return send(
                request(path)
                        .header("content-type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build());
    }

    /// Asks.
    public Reply get(String path) {
        return send(request(path).build());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(mintUrl + path)).timeout(ANSWER_WITHIN);
    }

    private Reply send(HttpRequest request) {
        try {
            HttpResponse<byte[]> response =
                    http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            return new Reply(response.statusCode(), Json.parse(response.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private Keyset fetchKeyset() {
        for (JsonNode node : get("/v1/keys").ok().path("keysets")) {
            if (unit.text().equals(node.path("unit").textValue())) {
                TreeMap<BigInteger, Point> keys = new TreeMap<>();
                node.path("keys")
                        .properties()
                        .forEach(entry ->
                                keys.put(
                                        new BigInteger(entry.getKey()),
                                        Point.fromHex(entry.getValue().textValue())));
                Keyset fetched =
                        new Keyset(
                                new KeysetId(node.path("id").textValue()),
                                unit.text(),
                                true,
                                node.path("input_fee_ppk").longValue(),
                                OptionalLong.empty(),
                                keys);
                if (!fetched.idMatchesContents()) {
                    throw new AssertionError("the keyset id does not follow from its keys");
                }
                return fetched;
            }
        }
        throw new AssertionError("no active keyset for " + unit);
    }
}
