package me.owlrun.gateway.admin;

import static me.owlrun.gateway.admin.RefusedException.notFound;
import static me.owlrun.gateway.admin.RefusedException.wrong;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.gateway.job.NodeLink;
import me.owlrun.gateway.job.NodePool;
import me.owlrun.gateway.market.Catalog;
import me.owlrun.gateway.market.Model;
import me.owlrun.gateway.notice.Broadcast;
import me.owlrun.gateway.notice.Broadcasts;
import me.owlrun.json.Json;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/// What the operator does about nodes, prices and announcements.
///
/// @param pool the nodes that are here
/// @param maintenance the nodes that rest
/// @param catalog the prices
/// @param pricesFile where they come from, unless from the program itself
/// @param broadcasts what is told to everybody
record Market(
        NodePool pool,
        Maintenance maintenance,
        Catalog catalog,
        Optional<Path> pricesFile,
        Broadcasts broadcasts) {

    private static final System.Logger LOG = System.getLogger(Market.class.getName());

    private static final int TITLE_CHARS_MAX = 120;
    private static final int MESSAGE_CHARS_MAX = 1_000;
    private static final long MINUTES_MAX = 525_600;

    ObjectNode nodes() {
        ArrayNode list = Json.array();
        for (NodeLink node : pool.all()) {
            ObjectNode json = list.addObject();
            json.put("provider", node.identity().providerId());
            json.put("node", node.identity().nodeId());
            json.put("capacity", node.capacity());
            json.put("running", pool.runningOn(node));
            json.put("takes_jobs", node.takesJobs());
            ArrayNode models = json.putArray("models");
            node.models().forEach(models::add);
        }
        ArrayNode resting = Json.array();
        maintenance
                .all()
                .forEach((node, rest) ->
                        resting.addObject()
                                .put("provider", node.providerId())
                                .put("node", node.nodeId())
                                .put("reason", rest.reason())
                                .put("since", rest.since().toString()));
        ObjectNode answer = Json.object();
        answer.set("nodes", list);
        answer.set("maintenance", resting);
        return answer;
    }

    ObjectNode maintain(ObjectNode request) {
        if (!request.path("provider").canConvertToLong() || !request.path("on").isBoolean()) {
            throw wrong("provider", "'provider' is a number, 'node' a name, 'on' true or false.");
        }
        NodeIdentity node =
                new NodeIdentity(
                        request.path("provider").longValue(),
                        Operator.text(request, "node", 1, 200));
        boolean on = request.path("on").booleanValue();
        maintenance.set(node, on, Operator.reason(request));
        LOG.log(System.Logger.Level.INFO, "maintenance of node {0}: {1}", node, on);
        return nodes();
    }

    ObjectNode prices() {
        ObjectNode answer = Json.object();
        answer.put("file", pricesFile.map(Path::toString).orElse(null));
        answer.put("created", catalog.createdEpochSeconds());
        ArrayNode models = answer.putArray("models");
        for (Model model : catalog.listed()) {
            models.addObject()
                    .put("id", model.id())
                    .put("input_usd_per_m", model.price().inputUsdPerMillion())
                    .put("output_usd_per_m", model.price().outputUsdPerMillion());
        }
        return answer;
    }

    ObjectNode reloadPrices() {
        Path file =
                pricesFile.orElseThrow(
                        () -> notFound("There is no prices.file; the list is the program's own."));
        try {
            catalog.replace(Catalog.parse(Files.readAllBytes(file)));
        } catch (IOException | IllegalArgumentException e) {
            throw wrong(
                    "prices.file",
                    "The list cannot be read (%s); the old prices stay.".formatted(e.getMessage()));
        }
        LOG.log(System.Logger.Level.INFO, "the operator reloaded the prices from {0}", file);
        return prices();
    }

    ObjectNode announcements() {
        ArrayNode list = Json.array();
        broadcasts.current().forEach(each -> list.add(each.toJson()));
        return Operator.answer("broadcasts", list);
    }

    ObjectNode announce(ObjectNode request) {
        String severity = request.path("severity").asText("info");
        Broadcast.Severity known =
                Arrays.stream(Broadcast.Severity.values())
                        .filter(each -> each.text().equals(severity))
                        .findFirst()
                        .orElseThrow(() ->
                                wrong("severity", "'severity' is info, warning or critical."));
        long minutes = request.path("minutes").asLong(0);
        if (minutes < 0 || minutes > MINUTES_MAX) {
            throw wrong("minutes", "'minutes' is 0, for ever, to " + MINUTES_MAX + ".");
        }
        long id =
                broadcasts.add(
                        Operator.text(request, "title", 1, TITLE_CHARS_MAX),
                        Operator.text(request, "message", 1, MESSAGE_CHARS_MAX),
                        known,
                        minutes == 0 ? Optional.empty() : Optional.of(Duration.ofMinutes(minutes)));
        LOG.log(System.Logger.Level.INFO, "the operator announced broadcast {0}", id);
        return announcements();
    }

    ObjectNode endAnnouncement(ObjectNode request) {
        long id = request.path("id").asLong(0);
        if (!broadcasts.end(id)) {
            throw notFound("No broadcast of this number is in force.");
        }
        LOG.log(System.Logger.Level.INFO, "the operator ended broadcast {0}", id);
        return announcements();
    }
}
