package me.owlrun.gateway.notice;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;

import me.owlrun.gateway.http.Answers;
import me.owlrun.json.Json;

/// `GET /v1/broadcasts`: the announcements in force, the newest first.
public final class BroadcastRoutes implements HttpService {

    private final Broadcasts broadcasts;

    /// @param broadcasts what is told
    public BroadcastRoutes(Broadcasts broadcasts) {
        this.broadcasts = broadcasts;
    }

    @Override
    public void routing(HttpRules rules) {
        Answers.get(
                rules,
                "/v1/broadcasts",
                (request, response) -> {
                    ObjectNode body = Json.object();
                    var list = body.putArray("broadcasts");
                    broadcasts.current().forEach(each -> list.add(each.toJson()));
                    Answers.send(response, Status.OK_200.code(), body);
                });
    }
}
