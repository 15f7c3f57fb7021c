package me.owlrun.gateway.bounty;

import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;

import me.owlrun.gateway.http.Answers;

/// `GET /v1/bounties`: which models get extra pay, what is left for it, and by what rules.
public final class BountyRoutes implements HttpService {

    private final Bounties bounties;

    BountyRoutes(Bounties bounties) {
        this.bounties = bounties;
    }

    @Override
    public void routing(HttpRules rules) {
        Answers.get(
                rules,
                "/v1/bounties",
                (request, response) ->
                        Answers.send(response, Status.OK_200.code(), bounties.economy()));
    }
}
