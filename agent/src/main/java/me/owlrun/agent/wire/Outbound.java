package me.owlrun.agent.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;

import java.math.BigDecimal;

/// A message from this node to the gateway on the control channel (seed 000, "Node to Gateway").
public sealed interface Outbound {
    /// The message as the one line of JSON that goes over the socket.
    String text();

    /// Live figures, sent at connect and every 30 s. Unknown figures are 0, as in the seed.
    ///
    /// @param gpuUtilPct GPU load in percent
    /// @param vramFreeMb free video memory in MB
    /// @param tempCelsius GPU temperature
    /// @param powerWatts GPU power draw
    /// @param queueDepth jobs running on this node
    /// @param earningState `earning`, or `draining` while the node takes no new job
    record Heartbeat(
            int gpuUtilPct,
            int vramFreeMb,
            int tempCelsius,
            BigDecimal powerWatts,
            int queueDepth,
            String earningState)
            implements Outbound {
        @Override
        public String text() {
            ObjectNode document = envelope("heartbeat");
            document.put("gpu_util_pct", gpuUtilPct);
            document.put("vram_free_mb", vramFreeMb);
            document.put("temp_c", tempCelsius);
            document.put("power_w", powerWatts);
            document.put("queue_depth", queueDepth);
            document.put("earning_state", earningState);
            return Json.write(document);
        }
    }

    /// The node takes the job.
    record Accept(String jobId) implements Outbound {
        @Override
        public String text() {
            return Json.write(jobEnvelope("accept", jobId));
        }
    }

    /// The node does not take the job.
    record Reject(String jobId, String reason) implements Outbound {
        @Override
        public String text() {
            return Json.write(jobEnvelope("reject", jobId).put("reason", reason));
        }
    }

    /// A piece of the answer.
    ///
    /// @param data text of one or more whole SSE events; only an event too big for one message is
    ///   split over several, between characters
    record ProxyChunk(String jobId, String data) implements Outbound {
        @Override
        public String text() {
            return Json.write(jobEnvelope("proxy_chunk", jobId).put("data", data));
        }

        /// The answer is the buyer's: it is never printed.
        @Override
        public String toString() {
            return "ProxyChunk[jobId=" + jobId + ", characters=" + data.length() + "]";
        }
    }

    /// The answer is complete.
    record ProxyDone(String jobId) implements Outbound {
        @Override
        public String text() {
            return Json.write(jobEnvelope("proxy_done", jobId));
        }
    }

    /// The job failed on this node; an addition of protocol 2.
    ///
    /// @param code stable short name
    /// @param message one sentence for people
    /// @param retryable whether another node could succeed
    record ProxyError(String jobId, String code, String message, boolean retryable)
            implements Outbound {
        @Override
        public String text() {
            ObjectNode document = jobEnvelope("proxy_error", jobId);
            document.put("code", code).put("message", message).put("retryable", retryable);
            return Json.write(document);
        }
    }

    /// The answer to the gateway's JSON `ping`.
    record Pong() implements Outbound {
        @Override
        public String text() {
            return Json.write(envelope("pong"));
        }
    }

    private static ObjectNode envelope(String type) {
        return Json.object().put("type", type);
    }

    private static ObjectNode jobEnvelope(String type, String jobId) {
        return envelope(type).put("job_id", jobId);
    }
}
