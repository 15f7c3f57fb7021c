package me.owlrun.bench;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.Point;
import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/// What the harness asks of a mint, over one connection: calls of the NUTs only, identifiers and
/// states taken as they come, unknown fields ignored. For one thread.
final class MintClient implements AutoCloseable {

    private static final int OK = 200;
    private static final int FAULT = 500;

    private final Target target;
    private final HttpConnection http;

    /// @param target the mint and its active keyset
    MintClient(Target target) {
        this.target = target;
        this.http = new HttpConnection(target.url());
    }

    Target target() {
        return target;
    }

    /// Opens the connection before the clock runs.
    void connect() throws Refusal {
        var _ = call(() -> http.get("/v1/keysets"));
    }

    /// Asks for a quote to mint (NUT-04).
    String mintQuote(long amount) throws Refusal {
        return post(
                        "/v1/mint/quote/bolt11",
                        "{\"amount\":" + amount + ",\"unit\":\"" + target.unit() + "\"}")
                .path("quote")
                .asText();
    }

    /// Whether the invoice of a quote was paid.
    boolean isPaid(String quote) throws Refusal {
        JsonNode answer = call(() -> http.get("/v1/mint/quote/bolt11/" + quote));
        return answer.path("state").asText().equals("PAID")
                || answer.path("amount_paid").asLong() > 0;
    }

    /// Mints a paid quote.
    List<Coin> mint(String quote, List<Output> outputs, List<Long> amounts) throws Refusal {
        StringBuilder json = new StringBuilder("{\"quote\":\"").append(quote).append("\",");
        writeOutputs(json, outputs, amounts);
        return signed(post("/v1/mint/bolt11", json.append('}').toString()), outputs);
    }

    /// Swaps coins for others of the same amounts (NUT-03).
    List<Coin> swap(List<Coin> inputs, List<Output> outputs) throws Refusal {
        StringBuilder json = new StringBuilder(512 * inputs.size()).append('{');
        writeInputs(json, inputs);
        json.append(',');
        writeOutputs(json, outputs, inputs.stream().map(Coin::amount).toList());
        return signed(post("/v1/swap", json.append('}').toString()), outputs);
    }

    /// The signatures a mint gave before on some of these outputs (NUT-09).
    List<Coin> restore(List<Output> outputs, List<Long> amounts) throws Refusal {
        StringBuilder json = new StringBuilder("{");
        writeOutputs(json, outputs, amounts);
        JsonNode answer = post("/v1/restore", json.append('}').toString());
        List<Output> known = new ArrayList<>();
        for (JsonNode output : answer.path("outputs")) {
            String b = output.path("B_").asText();
            outputs.stream().filter(o -> o.b().toHex().equals(b)).forEach(known::add);
        }
        return signed(answer, known);
    }

    /// The states of points, in their order (NUT-07).
    List<String> states(byte[] body) throws Refusal {
        List<String> states = new ArrayList<>();
        for (JsonNode state : call(() -> http.post("/v1/checkstate", body)).path("states")) {
            states.add(state.path("state").asText());
        }
        return states;
    }

    static byte[] statesBody(List<Point> ys) {
        StringBuilder json = new StringBuilder("{\"Ys\":[");
        list(json, ys, (out, y) -> out.append('"').append(y.toHex()).append('"'));
        return json.append("]}").toString().getBytes(StandardCharsets.UTF_8);
    }

    /// Asks what paying an invoice costs (NUT-05).
    MeltQuote meltQuote(String invoice) throws Refusal {
        JsonNode quote =
                post("/v1/melt/quote/bolt11", "{\"request\":\"" + invoice + "\",\"unit\":\"sat\"}");
        return new MeltQuote(
                quote.path("quote").asText(),
                quote.path("amount").asLong(),
                quote.path("fee_reserve").asLong());
    }

    /// A price.
    record MeltQuote(String quote, long amount, long feeReserve) {}

    /// How a payment ended.
    ///
    /// @param paid whether the mint said so
    record Melted(boolean paid, List<Coin> change) {}

    /// Pays with coins; blank outputs get the change (NUT-05, 08).
    Melted melt(String quote, List<Coin> inputs, List<Output> blanks) throws Refusal {
        StringBuilder json = new StringBuilder("{\"quote\":\"").append(quote).append("\",");
        writeInputs(json, inputs);
        json.append(',');
        writeOutputs(json, blanks, blanks.stream().map(blank -> 0L).toList());
        return melted(post("/v1/melt/bolt11", json.append('}').toString()), blanks);
    }

    /// How a payment stands.
    Melted melted(String quote, List<Output> blanks) throws Refusal {
        return melted(call(() -> http.get("/v1/melt/quote/bolt11/" + quote)), blanks);
    }

    private Melted melted(JsonNode answer, List<Output> blanks) {
        return new Melted(
                answer.path("state").asText().equals("PAID"), coins(answer.path("change"), blanks));
    }

    private void writeInputs(StringBuilder json, List<Coin> inputs) {
        json.append("\"inputs\":[");
        list(json, inputs, (out, coin) -> coin.writeTo(out, target.keysetId()));
        json.append(']');
    }

    private void writeOutputs(StringBuilder json, List<Output> outputs, List<Long> amounts) {
        json.append("\"outputs\":[");
        for (int i = 0; i < outputs.size(); i++) {
            json.append(i == 0 ? "" : ",");
            outputs.get(i).writeTo(json, amounts.get(i), target.keysetId());
        }
        json.append(']');
    }

    private static <T> void list(
            StringBuilder json, List<T> items, BiConsumer<StringBuilder, T> write) {
        for (int i = 0; i < items.size(); i++) {
            json.append(i == 0 ? "" : ",");
            write.accept(json, items.get(i));
        }
    }

    private List<Coin> signed(JsonNode answer, List<Output> outputs) {
        return coins(answer.path("signatures"), outputs);
    }

    private List<Coin> coins(JsonNode signatures, List<Output> outputs) {
        List<Coin> coins = new ArrayList<>(outputs.size());
        for (JsonNode signature : signatures) {
            long amount = signature.path("amount").asLong();
            Point c = Point.fromHex(signature.path("C_").asText());
            coins.add(outputs.get(coins.size()).unblind(amount, c, target.key(amount)));
        }
        return coins;
    }

    private JsonNode post(String path, String json) throws Refusal {
        return call(() -> http.post(path, json.getBytes(StandardCharsets.UTF_8)));
    }

    /// One exchange.
    @FunctionalInterface
    private interface Exchange {
        HttpConnection.Answer make() throws IOException;
    }

    private static JsonNode call(Exchange exchange) throws Refusal {
        HttpConnection.Answer answer;
        try {
            answer = exchange.make();
        } catch (IOException e) {
            throw new Refusal("no answer", false);
        }
        JsonNode body;
        try {
            body = Json.parse(answer.body());
        } catch (InvalidJsonException e) {
            throw new Refusal("HTTP " + answer.status() + " without JSON", false);
        }
        if (answer.status() != OK) {
            String code = body.path("code").isMissingNode() ? "" : " code " + body.path("code");
            throw new Refusal("HTTP " + answer.status() + code, answer.status() < FAULT);
        }
        return body;
    }

    @Override
    public void close() {
        http.close();
    }
}
