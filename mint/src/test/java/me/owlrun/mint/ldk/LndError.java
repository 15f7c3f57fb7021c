package me.owlrun.mint.ldk;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.Json;

/// An error as LND answers it: a gRPC code, and the HTTP status that LND's REST gateway makes of
/// it.
final class LndError extends RuntimeException {

    private static final int UNKNOWN = 2;
    private static final int INVALID_ARGUMENT = 3;
    private static final int NOT_FOUND = 5;
    private static final int ALREADY_EXISTS = 6;

    private final int status;
    private final int code;
    private final String text;

    private LndError(int status, int code, String text) {
        super(text);
        this.status = status;
        this.code = code;
        this.text = text;
    }

    /// What LND's own checks say, a missing macaroon among them: code 2, HTTP 500.
    static LndError unknown(String text) {
        return new LndError(500, UNKNOWN, text);
    }

    static LndError invalid(String text) {
        return new LndError(400, INVALID_ARGUMENT, text);
    }

    static LndError notFound(String text) {
        return new LndError(404, NOT_FOUND, text);
    }

    static LndError alreadyExists(String text) {
        return new LndError(409, ALREADY_EXISTS, text);
    }

    int status() {
        return status;
    }

    ObjectNode json() {
        ObjectNode json = Json.object().put("code", code).put("message", text);
        json.putArray("details");
        return json;
    }
}
