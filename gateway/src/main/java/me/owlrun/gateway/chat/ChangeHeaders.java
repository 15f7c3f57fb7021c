package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.http.Answer;
import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.pay.Change;

import java.util.Optional;

/// Change of an answer that is not a stream: in headers, and in the body's field `cashu_change`
/// when the headers would be too long for common clients.
final class ChangeHeaders {

    private static final String CHANGE = "X-Cashu-Change";
    private static final String CHANGE_MSAT = "X-Cashu-Change-Msat";
    private static final int HEADER_CHARS_MAX = 4_096;

    private ChangeHeaders() {}

    /// Puts change into an answer and its body.
    static void put(Answer answer, ObjectNode body, Change change) {
        boolean fits = putIfShort(answer, CHANGE, change.token());
        for (String rest : change.tokenMsat().stream().toList()) {
            fits &= putIfShort(answer, CHANGE_MSAT, rest);
        }
        if (!fits) {
            body.set("cashu_change", change.toJson());
        }
    }

    private static boolean putIfShort(Answer answer, String header, String token) {
        if (token.length() > HEADER_CHARS_MAX) {
            return false;
        }
        if (!token.isEmpty()) {
            answer.header(header, token);
        }
        return true;
    }

    /// Sends an error with its refund; clients must not repeat the request by themselves.
    static void send(Answer answer, ApiError error, Optional<Change> refund) {
        ObjectNode body = error.toJson();
        refund.ifPresent(change -> put(answer, body, change));
        answer.forbidRetry();
        answer.send(error.code().status(), body);
    }
}
