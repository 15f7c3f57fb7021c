package me.owlrun.mint.lightning.cln;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.mint.lightning.LightningException;
import me.owlrun.mint.lightning.NodeRefusedException;
import me.owlrun.mint.lightning.node.CredentialFile;
import me.owlrun.mint.lightning.node.NodeAnswer;
import me.owlrun.mint.lightning.node.NodeHttp;
import me.owlrun.mint.lightning.node.NodeHttp.Body;
import me.owlrun.mint.lightning.node.NodeSetup;

import java.time.Duration;
import java.util.Optional;

/// Calls of `clnrest`: one method, one JSON object, one answer. A result comes with 201.
final class ClnRpc implements AutoCloseable {

    private static final Duration ASK_MAX = Duration.ofSeconds(10);

    /// Codes of runes that are missing, wrong or do not permit the call.
    private static final int RUNE_CODE_MIN = 1501;

    private static final int RUNE_CODE_MAX = 1506;

    private final NodeHttp http;

    ClnRpc(NodeSetup setup) {
        this.http = new NodeHttp(setup, "Rune", CredentialFile.text(setup.credential()));
    }

    /// An error that Core Lightning itself answered.
    ///
    /// @param code its code
    /// @param reason its words, for an operator
    record Problem(int code, String reason) {}

    /// An answer of Core Lightning.
    ///
    /// @param json the result
    /// @param error the error, if it is one
    record Reply(JsonNode json, Optional<Problem> error) {}

    /// Calls a method.
    ///
    /// @throws LightningException when there is no answer, or none of Core Lightning's own
    Reply ask(String method, ObjectNode body, Duration max) {
        NodeAnswer answer =
                http.ask("CLN " + method, "/v1/" + method, Optional.of(Body.json(body)), max);
        JsonNode json = answer.json();
        if (answer.ok() && json.isObject()) {
            return new Reply(json, Optional.empty());
        }
        JsonNode code = json.path("code");
        if (!code.isInt() || !json.path("message").isTextual()) {
            throw new LightningException("CLN " + method + ": HTTP " + answer.status());
        }
        if (code.intValue() >= RUNE_CODE_MIN && code.intValue() <= RUNE_CODE_MAX) {
            throw new NodeRefusedException("CLN " + method + ": the node refuses the rune");
        }
        String reason = code.intValue() + " " + json.path("message").textValue();
        return new Reply(
                json, Optional.of(new Problem(code.intValue(), NodeAnswer.reason(reason))));
    }

    /// Calls a method that must succeed.
    ///
    /// @throws LightningException when it does not
    JsonNode call(String method, ObjectNode body) {
        Reply reply = ask(method, body, ASK_MAX);
        reply.error()
                .ifPresent(problem -> {
                    throw new LightningException("CLN " + method + ": " + problem.reason());
                });
        return reply.json();
    }

    static long number(String method, JsonNode value) {
        return NodeAnswer.number(value)
                .orElseThrow(() ->
                        new LightningException("CLN " + method + ": no number in the answer"));
    }

    @Override
    public void close() {
        http.close();
    }
}
