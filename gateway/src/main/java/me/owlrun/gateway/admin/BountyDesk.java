package me.owlrun.gateway.admin;

import static me.owlrun.gateway.admin.RefusedException.wrong;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.bounty.Bounties;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.json.Json;
import me.owlrun.money.Msat;

/// The operator's use cases around bounties. All that is done is logged.
record BountyDesk(Bounties bounties) {

    private static final System.Logger LOG = System.getLogger(BountyDesk.class.getName());

    private static final int NAME_CHARS_MAX = 200;
    private static final long SATS_MAX = 100_000_000;

    ObjectNode show() {
        return bounties.economy();
    }

    ObjectNode set(ObjectNode request) {
        String model = Operator.text(request, "model", 1, NAME_CHARS_MAX);
        long permille = number(request, "permille", Integer.MAX_VALUE);
        long budget = number(request, "daily_budget_sats", SATS_MAX);
        String reason = Operator.reason(request);
        bounties.offer(model, permille, Msat.ofSat(budget), reason)
                .ifPresent(problem -> {
                    throw wrong("permille", problem);
                });
        LOG.log(
                System.Logger.Level.INFO,
                "the operator set the bounty of {0} to {1} permille, {2} sats a day: {3}",
                model,
                permille,
                budget,
                reason);
        return show();
    }

    ObjectNode fund(ObjectNode request) {
        String name = Operator.text(request, "id", 1, NAME_CHARS_MAX);
        Msat sats = Msat.ofSat(number(request, "sats", SATS_MAX));
        Msat credit = Msat.ofSat(number(request, "credit_sats", SATS_MAX));
        bounties.fund(name, sats, credit)
                .ifPresent(problem -> {
                    throw wrong("sats", problem);
                });
        LOG.log(
                System.Logger.Level.INFO,
                "the operator gave {0} and {1} of credit to the bounties as {2}",
                sats,
                credit,
                name);
        return show();
    }

    ObjectNode forfeit(ObjectNode request) {
        NodeIdentity node =
                new NodeIdentity(
                        number(request, "provider", Long.MAX_VALUE),
                        Operator.text(request, "node", 1, NAME_CHARS_MAX));
        Msat back = bounties.forfeit(node, Operator.reason(request));
        return Json.object().put("node", node.nodeId()).put("returned_msats", back.value());
    }

    /// A whole number of a request; missing counts as zero.
    private static long number(ObjectNode request, String field, long max) {
        if (!request.has(field)) {
            return 0;
        }
        JsonNode value = request.path(field);
        boolean isLong = value.isIntegralNumber() && value.canConvertToLong();
        if (!isLong || value.longValue() < 0 || value.longValue() > max) {
            throw wrong(field, "'%s' is a whole number, 0 to %d.".formatted(field, max));
        }
        return value.longValue();
    }
}
