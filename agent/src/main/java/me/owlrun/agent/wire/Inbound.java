package me.owlrun.agent.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.Optional;
import java.util.regex.Pattern;

/// A message from the gateway to this node on the control channel (seed 000, "Gateway to Node").
public sealed interface Inbound {
    /// The form of a job's name; it becomes part of a path, so nothing else is let in.
    Pattern JOB_ID_FORM = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._~-]{0,127}");

    /// The gateway asks whether we are alive.
    record Ping() implements Inbound {}

    /// The gateway's figures about this node; each one replaces the last.
    record Ack(GatewayStats stats) implements Inbound {}

    /// A job is offered.
    ///
    /// @param vramRequiredMb video memory the gateway thinks it needs, in MB; 0 if it does not say
    /// @param buyerRegion where the buyer is, or empty
    /// @param freeTier whether the buyer pays nothing
    record Job(String jobId, String model, int vramRequiredMb, String buyerRegion, boolean freeTier)
            implements Inbound {}

    /// A job is settled.
    ///
    /// @param earnedMsats what this node earned, in millisats
    record JobComplete(String jobId, long tokens, long earnedMsats) implements Inbound {}

    /// The buyer is gone or the budget is used up: stop; an addition of protocol 2.
    record JobCancel(String jobId) implements Inbound {}

    /// The gateway is about to stop: finish what runs, then connect again.
    record Drain() implements Inbound {}

    /// A well-formed message of a type this version does not know; it is ignored.
    record Unknown(String type) implements Inbound {}

    /// A message that is no JSON object with a type, or lacks what its type needs; it is ignored.
    record Malformed(String why) implements Inbound {}

    /// Reads one message; what cannot be read is `Malformed`, never an exception.
    static Inbound read(String text) {
        Optional<ObjectNode> document = Json.readObject(text);
        if (document.isEmpty()) {
            return new Malformed("not a JSON object");
        }
        ObjectNode message = document.get();
        String type = message.path("type").asText("");
        return switch (type) {
            case "ping" -> new Ping();
            case "heartbeat_ack" -> new Ack(GatewayStats.read(message));
            case "job" -> readJob(message);
            case "job_complete" -> readJobComplete(message);
            case "job_cancel" -> readJobCancel(message);
            case "drain" -> new Drain();
            case "" -> new Malformed("no type");
            default -> new Unknown(type);
        };
    }

    private static Inbound readJob(ObjectNode message) {
        String model = message.path("model").asText("");
        if (!hasJobId(message) || model.isEmpty()) {
            return new Malformed("job without a usable job_id or model");
        }
        return new Job(
                jobId(message),
                model,
                Math.max(0, message.path("vram_required_mb").asInt(0)),
                message.path("buyer_region").asText(""),
                message.path("free_tier").asBoolean(false));
    }

    private static Inbound readJobComplete(ObjectNode message) {
        JsonNode earned = message.path("earned_msats");
        if (!hasJobId(message) || !isWhole(earned) || earned.asLong() < 0) {
            return new Malformed("job_complete without a usable job_id or earned_msats");
        }
        long tokens = Math.max(0, message.path("tokens").asLong(0));
        return new JobComplete(jobId(message), tokens, earned.asLong());
    }

    private static Inbound readJobCancel(ObjectNode message) {
        return hasJobId(message)
                ? new JobCancel(jobId(message))
                : new Malformed("job_cancel without a usable job_id");
    }

    private static boolean isWhole(JsonNode value) {
        return value.isIntegralNumber() && value.canConvertToLong();
    }

    private static boolean hasJobId(ObjectNode message) {
        return JOB_ID_FORM.matcher(jobId(message)).matches();
    }

    private static String jobId(ObjectNode message) {
        return message.path("job_id").asText("");
    }
}
