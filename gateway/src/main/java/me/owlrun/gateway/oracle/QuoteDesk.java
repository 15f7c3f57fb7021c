package me.owlrun.gateway.oracle;

import me.owlrun.gateway.outbound.Fetched;
import me.owlrun.gateway.outbound.PublicHttp;
import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/// Asks all sources at once what a bitcoin costs.
final class QuoteDesk {

    private static final Duration ANSWER_MAX = Duration.ofSeconds(5);
    private static final int OK = 200;

    private final PublicHttp http;
    private final InstantSource clock;

    QuoteDesk(PublicHttp http, InstantSource clock) {
        this.http = http.within(ANSWER_MAX);
        this.clock = clock;
    }

    /// What those say that answer in time.
    List<Quote> ask() throws InterruptedException {
        List<Callable<Optional<Quote>>> questions =
                Stream.of(PriceSource.values())
                        .<Callable<Optional<Quote>>>map(source -> () -> ask(source))
                        .toList();
        List<Quote> quotes = new ArrayList<>();
        try (ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Optional<Quote>> answer : tasks.invokeAll(questions)) {
                answer.get().ifPresent(quotes::add);
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a source could not be asked", e);
        }
        return quotes;
    }

    private Optional<Quote> ask(PriceSource source) {
        Instant asked = clock.instant();
        if (http.get(source.url(), PublicHttp.BODY_BYTES)
                        instanceof Fetched.Answer(int status, String body)
                && status == OK) {
            try {
                return source.read(Json.parse(body), asked);
            } catch (InvalidJsonException e) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }
}
