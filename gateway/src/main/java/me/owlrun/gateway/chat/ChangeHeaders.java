package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.http.Answer;
import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.pay.Change;
import me.owlrun.json.Json;

import java.util.Base64;
import java.util.Optional;

/// Change of an answer that is not a stream: in headers (as tokens, or as base64url of its JSON
/// when it goes into blanks), and in the body's field `cashu_change` when the headers would be too
/// long for common clients, or the client shows no headers.
final class ChangeHeaders {

    private static final String CHANGE = "X-Cashu-Change";
    private static final String CHANGE_MSAT = "X-Cashu-Change-Msat";
    private static final int HEADER_CHARS_MAX = 4_096;
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private ChangeHeaders() {}

    /// Puts change into an answer and its body.
    ///
    /// @param inBody whether it goes into the body in any case
    static void put(Answer answer, ObjectNode body, Change change, boolean inBody) {
        boolean fits;
        if (change.blind().isPresent()) {
            fits = putIfShort(answer, CHANGE, BASE64.encodeToString(Json.bytes(change.toJson())));
        } else {
            fits = putIfShort(answer, CHANGE, change.token());
            for (String rest : change.tokenMsat().stream().toList()) {
                fits &= putIfShort(answer, CHANGE_MSAT, rest);
            }
        }
        if (!fits || inBody) {
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
    ///
    /// @param body the error in the client's form
    static void refuse(Answer answer, ApiError error, ObjectNode body, Optional<Change> refund) {
        refund.ifPresent(change -> put(answer, body, change, false));
        answer.forbidRetry();
        answer.send(error, body);
    }
}
