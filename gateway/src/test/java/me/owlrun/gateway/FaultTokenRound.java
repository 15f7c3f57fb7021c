package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.json.Json;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// A job paid by a token, from the token to the last millisat.
final class FaultTokenRound implements FaultRound {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration RECOVERY_MAX = Duration.ofSeconds(90);
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(10);

    private final FaultPurse purse;
    private final Supplier<String> gatewayUrl;
    private final String token;
    private final long paidMsat;
    private final List<TestBlanks> blanks;

    /// @param gatewayUrl where the gateway is now; it may come back at another place
    FaultTokenRound(FaultPurse purse, Supplier<String> gatewayUrl, CurrencyUnit unit) {
        this(purse, gatewayUrl, unit, List.of());
    }

    /// @param blanks what the change shall go into
    FaultTokenRound(
            FaultPurse purse,
            Supplier<String> gatewayUrl,
            CurrencyUnit unit,
            List<TestBlanks> blanks) {
        this.blanks = blanks;
        this.purse = purse;
        this.gatewayUrl = gatewayUrl;
        this.token = purse.take(unit);
        this.paidMsat = FaultPurse.worth(unit);
        purse.spend(unit);
    }

    @Override
    public String headers() {
        return blanks.isEmpty()
                ? "X-Cashu: " + token
                : "X-Cashu: %s\r\nX-Cashu-Change-Outputs: %s"
                        .formatted(token, TestBlanks.header(blanks));
    }

    @Override
    public FaultTally.Outcome collect(FaultBuyer.Seen seen, boolean produced) {
        long start = System.nanoTime();
        Optional<JsonNode> change =
                seen.change().filter(told -> !told.path("state").asText().equals("pending"));
        if (change.isPresent()) {
            boolean good = seen.status() == 200 && !seen.text().contains("\"error\"");
            FaultTally.Way way = good ? FaultTally.Way.ANSWERED : FaultTally.Way.REFUNDED;
            long back = purse.cash(change.get(), blanks);
            return outcome(way, 0, back, good || produced);
        }
        while (true) {
            Optional<HttpResponse<String>> answer = ask();
            int status = answer.map(HttpResponse::statusCode).orElse(0);
            if (status == 200) {
                JsonNode outcome = Json.parse(answer.orElseThrow().body());
                long back = purse.cash(outcome, blanks);
                assertEquals(outcome.path("change_msats").asLong(), back, "what it says it gives");
                assertEquals(outcome.path("cost_msats").asLong(), paidMsat - back, "what it costs");
                return outcome(FaultTally.Way.RECOVERED, start, back, produced);
            }
            if (status == 404) {
                OptionalLong back = purse.cash(token);
                if (back.isPresent()) {
                    return outcome(FaultTally.Way.UNTOUCHED, start, back.getAsLong(), false);
                }
            }
            if (System.nanoTime() - start > RECOVERY_MAX.toNanos()) {
                throw new AssertionError("no money back: " + answer + " after " + seen.text());
            }
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
    }

    private FaultTally.Outcome outcome(
            FaultTally.Way way, long start, long backMsat, boolean mayCost) {
        long cost = paidMsat - backMsat;
        assertTrue(cost >= 0, "the gateway gave more than it got: " + -cost);
        long loss = mayCost && cost == COST_MSAT ? 0 : cost;
        return new FaultTally.Outcome(way, start == 0 ? 0 : System.nanoTime() - start, loss);
    }

    private Optional<HttpResponse<String>> ask() {
        try {
            return Optional.of(
                    HTTP.send(
                            HttpRequest.newBuilder(
                                            URI.create(gatewayUrl.get() + "/v1/cashu/change"))
                                    .timeout(ANSWER_MAX)
                                    .header("X-Cashu", token)
                                    .POST(HttpRequest.BodyPublishers.noBody())
                                    .build(),
                            HttpResponse.BodyHandlers.ofString()));
        } catch (IOException e) {
            return Optional.empty(); // the gateway is down
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
