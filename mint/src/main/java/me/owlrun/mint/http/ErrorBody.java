package me.owlrun.mint.http;

import io.helidon.http.HttpException;
import io.helidon.http.Status;
import io.helidon.webserver.http.ErrorHandler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import me.owlrun.json.Json;
import me.owlrun.mint.outcome.ErrorCode;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/// The body of every error, `{"detail","code"}` (NUT-00), and the last resort for faults of the
/// mint itself, which are logged and tell the caller nothing of the inside.
public final class ErrorBody implements ErrorHandler<Throwable> {

    private static final Logger LOG = System.getLogger(ErrorBody.class.getName());

    private static final int FAULT = Status.INTERNAL_SERVER_ERROR_500.code();

    /// The body for a refusal.
    public static byte[] of(ErrorCode code, String detail) {
        return Json.bytes(Json.object().put("detail", detail).put("code", code.number()));
    }

    /// The body for an error that is found before any route is reached.
    public static byte[] early(int status, String message) {
        return of(ErrorCode.OTHER, status + " " + message);
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response, Throwable fault) {
        if (fault instanceof HttpException known && known.status().code() < FAULT) {
            response.status(known.status());
            Status status = known.status();
            ApiHandler.send(response, early(status.code(), status.reasonPhrase()));
            return;
        }
        LOG.log(Level.ERROR, "A request to " + request.path().path() + " failed.", fault);
        response.status(Status.INTERNAL_SERVER_ERROR_500);
        ApiHandler.send(
                response,
                of(ErrorCode.OTHER, "The mint had a fault; the same request may be sent again."));
    }
}
