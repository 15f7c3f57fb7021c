package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerResponse;

import me.owlrun.gateway.http.Answers;
import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.pay.Change;

/// Change of an answer that is not a stream: in headers, and in the body's field `cashu_change`
/// when the headers would be too long for common clients.
final class ChangeHeaders {

    private static final HeaderName CHANGE = HeaderNames.create("X-Cashu-Change");
    private static final HeaderName CHANGE_MSAT = HeaderNames.create("X-Cashu-Change-Msat");
    private static final int HEADER_CHARS_MAX = 4_096;

    private ChangeHeaders() {}

    /// Puts change into a response and its body.
    static void put(ServerResponse response, ObjectNode body, Change change) {
        int length = change.token().length() + change.tokenMsat().map(String::length).orElse(0);
        if (length > HEADER_CHARS_MAX) {
            body.set("cashu_change", change.toJson());
            return;
        }
        if (!change.token().isEmpty()) {
            response.header(CHANGE, change.token());
        }
        change.tokenMsat().ifPresent(token -> response.header(CHANGE_MSAT, token));
    }

    /// Sends an error with its refund; clients must not repeat the request by themselves.
    static void send(ServerResponse response, ApiError error, Change change) {
        ObjectNode body = error.toJson();
        put(response, body, change);
        response.header(Answers.SHOULD_RETRY, "false");
        Answers.send(response, error.code().status(), body);
    }
}
