package me.owlrun.gateway.trust;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.admin.AdminCall;
import me.owlrun.gateway.admin.RefusedException;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/// What the operator does about suspected nodes and what waits of their earnings.
record TrustDesk(TrustStore store, TrustBook book, EscrowStore escrow, InstantSource clock) {

    private static final System.Logger LOG = System.getLogger(TrustDesk.class.getName());
    private static final int SUSPECTS_MAX = 500;
    private static final int SIGNS_MAX = 10;
    private static final int TEXT_CHARS_MAX = 200;

    List<AdminCall> calls() {
        return List.of(
                AdminCall.get("/trust", this::suspects),
                AdminCall.post("/trust/clear", this::clear),
                AdminCall.post("/trust/forfeit", this::forfeit));
    }

    private ObjectNode suspects() {
        Instant now = clock.instant();
        ObjectNode json = Json.object();
        ArrayNode list = json.putArray("nodes");
        for (TrustStore.State state : store.suspects(SUSPECTS_MAX)) {
            ObjectNode node = list.addObject();
            node.put("provider", state.node().providerId());
            node.put("node", state.node().nodeId());
            node.put("points", store.points(state, now) / Suspicion.MILLI);
            node.put("canary_sum_milli", state.cusumMilli());
            node.put("in_escrow_msats", escrow.held(state.node().providerId()).value());
            ChecksRoutes.signs(node.putArray("signs"), store.signs(state.node(), SIGNS_MAX));
        }
        return json;
    }

    private ObjectNode clear(ObjectNode request) {
        NodeIdentity node =
                new NodeIdentity(provider(request), text(request, "node", TEXT_CHARS_MAX));
        String reason = text(request, "reason", TEXT_CHARS_MAX);
        book.clear(node);
        LOG.log(System.Logger.Level.INFO, "the operator cleared node {0}: {1}", node, reason);
        return suspects();
    }

    private ObjectNode forfeit(ObjectNode request) {
        long provider = provider(request);
        String reason = text(request, "reason", TEXT_CHARS_MAX);
        Msat taken =
                escrow.forfeit(provider, reason)
                        .orElseThrow(() ->
                                RefusedException.notFound(
                                        "Nothing of this account waits in escrow."));
        LOG.log(
                System.Logger.Level.INFO,
                "the operator took {0} of account {1} into the faucet: {2}",
                taken,
                Long.toString(provider),
                reason);
        return Json.object().put("provider", provider).put("forfeited_msats", taken.value());
    }

    private static long provider(ObjectNode request) {
        if (!request.path("provider").canConvertToLong()) {
            throw RefusedException.wrong("provider", "'provider' is the number of an account.");
        }
        return request.path("provider").longValue();
    }

    private static String text(ObjectNode request, String field, int charsMax) {
        String text = request.path(field).asText("").strip();
        if (text.isEmpty() || text.length() > charsMax) {
            throw RefusedException.wrong(
                    field, "'" + field + "' is a text of 1 to " + charsMax + " characters.");
        }
        return text;
    }
}
