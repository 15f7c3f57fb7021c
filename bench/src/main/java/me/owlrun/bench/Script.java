package me.owlrun.bench;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.json.Json;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// What the upstream answers: a model named `whole` at once, any other with 64 numbered deltas, one
/// every 20 ms.
///
/// @param deltas how many
/// @param gap between two
/// @param stream whether as events
record Script(int deltas, Duration gap, boolean stream) {

    /// Answered at once.
    static final String WHOLE_MODEL = "qwen2.5:0.5b";

    /// Answered piece by piece.
    static final String PACED_MODEL = "qwen2.5:1.5b";

    static final int PACED_DELTAS = 64;
    static final Duration PACED_GAP = Duration.ofMillis(20);

    private static final String ID = "{\"id\":\"chatcmpl-bench\",\"created\":1763683200,";
    private static final String USAGE =
            "\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":%d,\"total_tokens\":%d}}";

    /// What a request asks for.
    static Script of(byte[] request) {
        JsonNode json = Json.parse(request);
        boolean stream = json.path("stream").asBoolean(false);
        return json.path("model").asText().equals(WHOLE_MODEL)
                ? new Script(1, Duration.ZERO, stream)
                : new Script(PACED_DELTAS, PACED_GAP, stream);
    }

    /// Takes a piece of the answer.
    @FunctionalInterface
    interface Sink {
        /// Sends it on.
        void send(String text) throws IOException;
    }

    /// The answer as events, each when its time has come; at once means in one piece.
    void events(Sink sink) throws IOException {
        long start = System.nanoTime();
        StringBuilder together = new StringBuilder(512);
        for (int i = 0; i < deltas; i++) {
            together.append(delta("{\"content\":\"w" + i + " \"}", "null"));
            if (gap.isPositive()) {
                waitUntil(start + i * gap.toNanos());
                sink.send(together.toString());
                together.setLength(0);
            }
        }
        together.append(delta("{}", "\"stop\""));
        together.append("data: ").append(ID);
        together.append("\"object\":\"chat.completion.chunk\",\"model\":\"bench\",\"choices\":[],");
        together.append(USAGE.formatted(deltas, 9 + deltas)).append("\n\ndata: [DONE]\n\n");
        sink.send(together.toString());
    }

    private static String delta(String delta, String finish) {
        return "data: "
                + ID
                + "\"object\":\"chat.completion.chunk\",\"model\":\"bench\",\"choices\":[{"
                + "\"index\":0,\"delta\":"
                + delta
                + ",\"finish_reason\":"
                + finish
                + "}]}\n\n";
    }

    /// The answer in one document.
    String whole() {
        return ID
                + "\"object\":\"chat.completion\",\"model\":\"bench\",\"choices\":[{\"index\":0,"
                + "\"message\":{\"role\":\"assistant\",\"content\":\"w0 \"},"
                + "\"finish_reason\":\"stop\"}],"
                + USAGE.formatted(deltas, 9 + deltas);
    }

    private static void waitUntil(long nanos) {
        for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
