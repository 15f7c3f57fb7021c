package me.owlrun.gateway.oracle;

import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerResponse;

import me.owlrun.gateway.outbound.PublicHttp;
import me.owlrun.http.HttpListener;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/// A server on this machine that plays all sources of prices, with one price for all.
public final class TestExchanges implements AutoCloseable {

    private static final List<String> HOSTS =
            List.of(
                    "api.coinbase.com",
                    "api.kraken.com",
                    "www.bitstamp.net",
                    "api.gemini.com",
                    "mempool.space");

    private final InstantSource clock;
    private final HttpListener listener;
    private final AtomicInteger questions = new AtomicInteger();
    private volatile String usd = "87200.00";

    private TestExchanges(InstantSource clock) {
        this.clock = clock;
        this.listener =
                HttpListener.start(
                        new HttpListener.Limits("127.0.0.1", 0, 100_000, 100, Duration.ZERO),
                        (status, message) -> message.getBytes(StandardCharsets.UTF_8),
                        this::routes,
                        sockets -> {});
    }

    public static TestExchanges start(InstantSource clock) {
        return new TestExchanges(clock);
    }

    /// Sets the price; empty when nobody answers any more.
    public void price(String text) {
        usd = text;
    }

    /// How often anybody was asked.
    public int questions() {
        return questions.get();
    }

    /// The setting that leads a gateway of play money here.
    public String flag() {
        return HOSTS.stream()
                .map(host -> host + "=" + url())
                .collect(Collectors.joining(",", "--lnurl.play_hosts=", ""));
    }

    PublicHttp http() {
        Map<String, URI> servers = new HashMap<>();
        HOSTS.forEach(host -> servers.put(host, URI.create(url())));
        return PublicHttp.withPlayHosts(servers);
    }

    private String url() {
        return "http://127.0.0.1:" + listener.port();
    }

    private void routes(HttpRouting.Builder routes) {
        routes.get(
                        "/v2/prices/BTC-USD/spot",
                        (_, response) -> send(response, "{\"data\":{\"amount\":\"%s\"}}"))
                .get(
                        "/0/public/Ticker",
                        (_, response) ->
                                send(
                                        response,
                                        "{\"error\":[],\"result\":"
                                                + "{\"XXBTZUSD\":{\"c\":[\"%s\",\"1\"]}}}"))
                .get(
                        "/api/v2/ticker/btcusd/",
                        (_, response) ->
                                send(
                                        response,
                                        "{\"last\":\"%s\",\"timestamp\":\""
                                                + clock.instant().getEpochSecond()
                                                + "\"}"))
                .get("/v1/pubticker/btcusd", (_, response) -> send(response, "{\"last\":\"%s\"}"))
                .get(
                        "/api/v1/prices",
                        (_, response) ->
                                send(
                                        response,
                                        "{\"time\":"
                                                + clock.instant().getEpochSecond()
                                                + ",\"USD\":%s}"));
    }

    private void send(ServerResponse response, String template) {
        questions.incrementAndGet();
        String now = usd;
        if (now.isEmpty()) {
            response.status(io.helidon.http.Status.SERVICE_UNAVAILABLE_503).send("{}");
        } else {
            response.send(template.replace("%s", now));
        }
    }

    @Override
    public void close() {
        listener.close();
    }
}
