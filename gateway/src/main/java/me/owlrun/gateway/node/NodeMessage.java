package me.owlrun.gateway.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;

/// A message of a node on the control channel (seed 000, "Node → Gateway"; spec section 4).
sealed interface NodeMessage {

    /// Live figures; every 30 s or so.
    ///
    /// @param draining whether the node takes no new jobs
    record Heartbeat(boolean draining) implements NodeMessage {}

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
            case "heartbeat" -> new Heartbeat(text(message, "earning_state").equals("draining"));
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
            default -> new Ignored();
        };
    }

    private static String text(ObjectNode message, String field) {
        JsonNode value = message.path(field);
        return value.isTextual() ? value.textValue() : "";
    }
}
