package me.owlrun.gateway.admin;

import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;

import me.owlrun.gateway.http.Answers;

import java.time.InstantSource;

/// `GET /v1/transparency`: what came in, what nodes earned, what is owed, in totals.
public final class TransparencyRoutes implements HttpService {

    private final Transparency transparency;
    private final InstantSource clock;

    /// @param transparency makes the totals
    public TransparencyRoutes(Transparency transparency, InstantSource clock) {
        this.transparency = transparency;
        this.clock = clock;
    }

    @Override
    public void routing(HttpRules rules) {
        Answers.get(
                rules,
                "/v1/transparency",
                (request, response) ->
                        Answers.send(
                                response,
                                Status.OK_200.code(),
                                transparency.totals().toJson(clock.instant())));
    }
}
