package me.owlrun.agent.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.agent.problem.AgentException;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// The page's actions by their names, those of the first client's dashboard where it has them. Each
/// takes a JSON object and gives one.
record Actions(Controls controls) {
    private static final ObjectNode DONE = JsonNodeFactory.instance.objectNode().put("ok", true);

    /// Settings that the page may change: the action's name, the field that holds the value, and
    /// where it goes.
    private static final Map<String, Target> SETTINGS =
            Map.of(
                    "set-lightning-address",
                    new Target("address", "account", "lightning_address"),
                    "set-redeem-threshold",
                    new Target("threshold", "account", "redeem_threshold"),
                    "set-free-tier",
                    new Target("pct", "account", "free_tier_pct"),
                    "set-job-mode",
                    new Target("mode", "idle", "job_mode"),
                    "set-context-length",
                    new Target("context_length", "inference", "context_length"),
                    "set-keep-warm",
                    new Target("on", "inference", "keep_warm"),
                    "switch-model",
                    new Target("model", "inference", "model"));

    /// Where a value of the page goes.
    private record Target(String field, String section, String key) {}

    /// Does it.
    ///
    /// @return what to answer, or nothing if there is no such action
    /// @throws AgentException if it cannot be done
    Optional<ObjectNode> run(String name, ObjectNode body) throws InterruptedException {
        Target target = SETTINGS.get(name);
        if (target != null) {
            controls.set(target.section(), target.key(), required(body, target.field()));
            return Optional.of(DONE);
        }
        switch (name) {
            case "pause" -> controls.pause(minutes(body));
            case "resume" -> controls.resume();
            case "pull-model" -> controls.pull(model(body));
            case "remove-model" -> controls.remove(model(body));
            case "ecash-spent" -> controls.markSpent(required(body, "id"));
            case "claim-ecash" -> {
                return Optional.of(controls.claim(sats(body)));
            }
            default -> {
                return Optional.empty();
            }
        }
        return Optional.of(DONE);
    }

    private static Optional<Duration> minutes(ObjectNode body) {
        int minutes = body.path("minutes").asInt(0);
        return minutes > 0 ? Optional.of(Duration.ofMinutes(minutes)) : Optional.empty();
    }

    private static long sats(ObjectNode body) {
        JsonNode amount = body.path("amount_sats");
        boolean usable =
                amount.isMissingNode() || (amount.canConvertToLong() && amount.asLong() >= 0);
        if (!usable) {
            throw new AgentException("amount_sats must be a whole number.");
        }
        return amount.asLong(0);
    }

    private static String model(ObjectNode body) {
        String model = required(body, "model");
        if (!model.matches("[A-Za-z0-9._:/@-]{1,200}")) {
            throw new AgentException("This is no model's name.");
        }
        return model;
    }

    /// A value that goes into one line of a file.
    private static String required(ObjectNode body, String field) {
        JsonNode value = body.path(field);
        String text = value.asText("").strip();
        if (!value.isValueNode() || text.matches("(?s).*[\\p{Cntrl}\"'#;].*")) {
            throw new AgentException("The field " + field + " is missing or not usable.");
        }
        return text;
    }
}
