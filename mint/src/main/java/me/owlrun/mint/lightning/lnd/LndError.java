package me.owlrun.mint.lightning.lnd;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.mint.lightning.node.NodeAnswer;

import java.util.Locale;
import java.util.Set;

/// An error as LND's REST gateway writes it, alone or as a line of a stream. LND gives most of its
/// errors the code UNKNOWN, so for some of them the words count.
///
/// @param code the gRPC code; zero when there is no error in the answer
/// @param message LND's words
record LndError(int code, String message) {

    private static final int UNKNOWN = 2;
    private static final int NOT_FOUND = 5;
    private static final int ALREADY_EXISTS = 6;
    private static final int PERMISSION_DENIED = 7;
    private static final int UNAUTHENTICATED = 16;

    /// Codes of an answer that LND thought about: unknown, invalid argument, not found, failed
    /// precondition, out of range. Any other may come from something on the way.
    private static final Set<Integer> DEFINITE = Set.of(UNKNOWN, 3, NOT_FOUND, 9, 11);

    private static final Set<String> REFUSALS =
            Set.of("macaroon", "verification failed", "permission denied");

    private static final Set<String> ALREADY_THERE =
            Set.of("already exists", "in transition", "already paid");

    /// The gateway's own words for a path it does not know; LND's are others.
    private static final String NO_SUCH_PATH = "Not Found";

    static LndError of(JsonNode answer) {
        JsonNode error = answer.path("error").isObject() ? answer.path("error") : answer;
        int code = error.path("code").asInt(error.path("grpc_code").asInt(0));
        return new LndError(code, code == 0 ? "" : error.path("message").asText(""));
    }

    boolean isNotFound() {
        return code == NOT_FOUND && !message.equals(NO_SUCH_PATH);
    }

    boolean isAlreadyThere() {
        return code == ALREADY_EXISTS || (code == UNKNOWN && saysOneOf(ALREADY_THERE));
    }

    boolean isRefusal() {
        return code == PERMISSION_DENIED
                || code == UNAUTHENTICATED
                || (code == UNKNOWN && saysOneOf(REFUSALS));
    }

    /// Whether LND itself declined, so that a look-up afterwards is telling.
    boolean isDefinite() {
        return DEFINITE.contains(code) && !message.equals(NO_SUCH_PATH);
    }

    private boolean saysOneOf(Set<String> words) {
        String lower = message.toLowerCase(Locale.ROOT);
        return words.stream().anyMatch(lower::contains);
    }

    /// LND's words for an operator.
    String reason() {
        return NodeAnswer.reason(message);
    }
}
