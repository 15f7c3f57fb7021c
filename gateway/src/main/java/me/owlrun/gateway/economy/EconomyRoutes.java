package me.owlrun.gateway.economy;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import me.owlrun.gateway.http.Answers;
import me.owlrun.json.Json;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// `GET /v1/economy`: all formulas and numbers of the market, open to all. Made anew at most every
/// two seconds, whoever asks how often.
public final class EconomyRoutes implements HttpService {

    private static final Duration FRESH = Duration.ofSeconds(2);

    private final List<Supplier<EconomySection>> sections;
    private final InstantSource clock;
    private final ReentrantLock making = new ReentrantLock();
    private ObjectNode made = Json.object();
    private Instant madeAt = Instant.MIN;

    /// @param sections what the features say
    public EconomyRoutes(List<Supplier<EconomySection>> sections, InstantSource clock) {
        this.sections = List.copyOf(sections);
        this.clock = clock;
    }

    @Override
    public void routing(HttpRules rules) {
        Answers.get(rules, "/v1/economy", this::economy);
    }

    private void economy(ServerRequest request, ServerResponse response) {
        Answers.send(response, Status.OK_200.code(), economy());
    }

    private ObjectNode economy() {
        making.lock();
        try {
            Instant now = clock.instant();
            if (madeAt.equals(Instant.MIN)
                    || now.isBefore(madeAt)
                    || !now.isBefore(madeAt.plus(FRESH))) {
                ObjectNode fresh = Json.object().put("object", "economy");
                fresh.put("at", now.toString());
                for (Supplier<EconomySection> section : sections) {
                    EconomySection said = section.get();
                    fresh.set(said.name(), said.toJson());
                }
                made = fresh;
                madeAt = now;
            }
            return made;
        } finally {
            making.unlock();
        }
    }
}
