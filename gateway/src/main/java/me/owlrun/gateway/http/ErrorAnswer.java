package me.owlrun.gateway.http;

import io.helidon.http.HttpException;
import io.helidon.webserver.http.ErrorHandler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

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
            ApiError wrong = ApiError.of(ApiError.codeOf(status), http.status().reasonPhrase());
            Answers.send(response, status, wrong.toJson(request.path().rawPath()));
            return;
        }
        LOG.log(System.Logger.Level.ERROR, "a request failed by a mistake of ours", error);
        ApiError ours =
                ApiError.of(ErrorCode.INTERNAL_ERROR, "The gateway made a mistake; try again.");
        Answers.send(response, ours.code().status(), ours.toJson(request.path().rawPath()));
    }
}
