package me.owlrun.gateway.http;

import io.helidon.http.HttpException;
import io.helidon.webserver.http.ErrorHandler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import me.owlrun.json.Json;

/// Answers what no route has caught: a client's mistakes by their status, our own by a plain 500
/// that says nothing of the inside.
public final class ErrorAnswer implements ErrorHandler<Throwable> {

    private static final System.Logger LOG = System.getLogger(ErrorAnswer.class.getName());

    private static final int OURS_FROM = 500;

    @Override
    public void handle(ServerRequest request, ServerResponse response, Throwable error) {
        if (response.isSent()) {
            LOG.log(System.Logger.Level.DEBUG, "a request failed after its answer began", error);
            return;
        }
        if (error instanceof HttpException http && http.status().code() < OURS_FROM) {
            int status = http.status().code();
            Answers.send(
                    response,
                    status,
                    Json.parse(ApiError.early(status, http.status().reasonPhrase())));
            return;
        }
        LOG.log(System.Logger.Level.ERROR, "a request failed by a mistake of ours", error);
        Answers.send(
                response,
                ApiError.of(ErrorCode.INTERNAL_ERROR, "The gateway made a mistake; try again."));
    }
}
