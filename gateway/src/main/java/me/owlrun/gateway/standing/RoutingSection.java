package me.owlrun.gateway.standing;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.config.Settings;
import me.owlrun.gateway.economy.EconomySection;
import me.owlrun.gateway.job.NodePool;
import me.owlrun.gateway.routing.RoutingSettings;
import me.owlrun.json.Json;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// What the router says about itself at `GET /v1/economy`.
final class RoutingSection implements Supplier<EconomySection> {

    private static final Map<String, String> FORMULAS = formulas();

    private final List<EconomySection.Figure> numbers;
    private final NodePool pool;

    RoutingSection(Settings settings, NodePool pool) {
        this.numbers = EconomySection.numbers(settings, RoutingSettings.TABLE);
        this.pool = pool;
    }

    private static Map<String, String> formulas() {
        Map<String, String> formulas = new LinkedHashMap<>();
        formulas.put(
                "candidate",
                "serves the model and the kind of work; not draining, in maintenance or paused; not"
                        + " parked by its breaker; did not just say no; not below the speed floor;"
                        + " running < capacity");
        formulas.put("capacity", "max(1, floor(declared * ramp))");
        formulas.put("ramp", "min(1, ramp.start + (1 - ramp.start) * online / ramp.time)");
        formulas.put("load_level", "floor(10 * running / capacity)");
        formulas.put(
                "choice",
                "the lowest load_level that has candidates; among them one by lot, with a chance in"
                        + " proportion to score * karma * ramp; free and house jobs go to the most"
                        + " karma of 16 drawn");
        formulas.put(
                "conversation",
                "a node that had the same beginning less than sticky.time ago goes first while it"
                        + " has sticky.spare of its capacity free");
        formulas.put(
                "score",
                "health.outcome * (successes + health.probe * probes_passed + 1) / (successes +"
                        + " failures + health.probe * probes + 2) + (1 - health.outcome) * min(1,"
                        + " online / health.days), all of the last health.days days");
        formulas.put(
                "breaker",
                "breaker.failures within breaker.window park a node for breaker.parked, then one"
                        + " job decides; what the buyer caused is neutral; a plain no is neutral"
                        + " and leaves the node out for breaker.refused; silence is a failure");
        formulas.put(
                "speed",
                "tokens / time from the first piece to the last, of answers of at least"
                        + " speed.tokens; speed.slow_jobs in a row below speed.floor leave the node"
                        + " out of that model for speed.pause or until a probe is fast enough;"
                        + " above the floor speed does not matter");
        return formulas;
    }

    @Override
    public EconomySection get() {
        ObjectNode now = Json.object();
        ObjectNode states = now.putObject("nodes");
        pool.states().forEach(states::put);
        ObjectNode models = now.putObject("nodes_by_model");
        pool.nodesByModel().forEach(models::put);
        return new EconomySection("routing", FORMULAS, numbers, now);
    }
}
