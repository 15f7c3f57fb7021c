package me.owlrun.gateway.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.job.NodeVitals;
import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/// A message of a node on the control channel (seed 000, "Node → Gateway"; spec section 4).
sealed interface NodeMessage {

    /// Live figures; every 30 s or so.
    record Heartbeat(NodeVitals vitals) implements NodeMessage {}

    /// The node takes a job.
    record Accept(String jobId) implements NodeMessage {}

    /// The node does not take a job.
    record Reject(String jobId, String reason) implements NodeMessage {}

    /// A piece of an answer.
    record ProxyChunk(String jobId, String data) implements NodeMessage {

        @Override
        public String toString() {
            return "ProxyChunk[" + jobId + ", " + data.length() + " characters]";
        }
    }

    /// An answer is complete.
    record ProxyDone(String jobId) implements NodeMessage {}

    /// The node failed at a job; an addition of protocol 2.
    ///
    /// @param retryable whether it thinks that another node could do better
    record ProxyError(String jobId, String code, boolean retryable) implements NodeMessage {}

    /// The node is back and still works on these; an addition of protocol 2.
    record Resume(List<String> jobIds) implements NodeMessage {}

    /// The answer to a ping.
    record Pong() implements NodeMessage {}

    /// A type this version does not know, or something unreadable: ignored.
    record Ignored() implements NodeMessage {}

    /// Reads one message; never throws.
    static NodeMessage read(String text) {
        try {
            return read(Json.parseObject(text));
        } catch (InvalidJsonException e) {
            return new Ignored();
        }
    }

    private static NodeMessage read(ObjectNode message) {
        String jobId = text(message, "job_id");
        return switch (text(message, "type")) {
            case "heartbeat" -> new Heartbeat(vitals(message));
            case "pong" -> new Pong();
            case "accept" -> new Accept(jobId);
            case "reject" -> new Reject(jobId, text(message, "reason"));
            case "proxy_chunk" -> new ProxyChunk(jobId, text(message, "data"));
            case "proxy_done" -> new ProxyDone(jobId);
            case "proxy_error" ->
                    new ProxyError(
                            jobId,
                            text(message, "code"),
                            message.path("retryable").asBoolean(true));
            case "resume" -> new Resume(jobIds(message.path("jobs")));
            default -> new Ignored();
        };
    }

    private static String text(ObjectNode message, String field) {
        JsonNode value = message.path(field);
        return value.isTextual() ? value.textValue() : "";
    }

    /// Reads the figures; deployed nodes leave out those that are zero.
    private static NodeVitals vitals(ObjectNode message) {
        String state = text(message, "earning_state");
        return new NodeVitals(
                number(message, "gpu_util_pct", 0, 100, 0),
                number(message, "vram_free_mb", 0, 100_000_000, 0),
                number(message, "temp_c", -100, 1_000, 0),
                number(message, "power_w", 0, 100_000_000, 3),
                number(message, "queue_depth", 0, 1_000_000, 0),
                state.matches("[a-z_]{1,32}") ? state : "earning");
    }

    /// A number within bounds; anything else is 0.
    ///
    /// @param shift decimal digits behind the point that are kept
    private static int number(ObjectNode message, String field, int min, int max, int shift) {
        JsonNode value = message.path(field);
        if (!value.isNumber()) {
            return 0;
        }
        BigDecimal number = value.decimalValue();
        if (Math.abs((long) number.precision() - number.scale()) > 10) {
            return 0;
        }
        return Math.clamp(number.movePointRight(shift).longValue(), min, max);
    }

    private static List<String> jobIds(JsonNode list) {
        List<String> ids = new ArrayList<>();
        if (list.isArray()) {
            for (JsonNode id : list) {
                if (id.isTextual() && ids.size() < Registration.CAPACITY_MAX) {
                    ids.add(id.textValue());
                }
            }
        }
        return ids;
    }
}
