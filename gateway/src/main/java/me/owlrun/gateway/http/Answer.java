package me.owlrun.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerResponse;

import java.io.OutputStream;

/// The response to one request, as the rest of the gateway sees it: headers, then either one JSON
/// value or a stream.
public final class Answer {

    private static final String SHOULD_RETRY = "x-should-retry";

    private final ServerResponse response;

    /// @param response not yet begun
    public Answer(ServerResponse response) {
        this.response = response;
    }

    /// Sets a header.
    public void header(String name, String value) {
        response.header(HeaderNames.create(name), value);
    }

    /// Keeps the SDKs of OpenAI from repeating the request by themselves.
    public void forbidRetry() {
        header(SHOULD_RETRY, "false");
    }

    /// Sends a JSON value.
    public void send(int status, JsonNode body) {
        Answers.send(response, status, body);
    }

    /// Sends an error.
    public void send(ApiError error) {
        Answers.send(response, error);
    }

    /// Sends an error in a form of the caller's.
    public void send(ApiError error, JsonNode body) {
        Answers.refused(response, error);
        Answers.send(response, error.code().status(), body);
    }

    /// Begins a stream: the status is sent with the first bytes.
    public OutputStream stream(String contentType) {
        header("Content-Type", contentType);
        header("Cache-Control", "no-store");
        header("X-Accel-Buffering", "no");
        return response.outputStream();
    }
}
