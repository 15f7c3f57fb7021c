package me.owlrun.gateway.log;

import me.owlrun.gateway.http.RequestScope;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/// The line of one answered request.
final class RequestRecord extends LogRecord {

    private static final long serialVersionUID = 1L;

    private final transient RequestScope scope;
    private final int status;

    RequestRecord(Level level, RequestScope scope, int status) {
        super(level, "");
        this.scope = scope;
        this.status = status;
        setLoggerName(RequestLog.NAME);
        String job = scope.jobId().map(id -> " " + id).orElse("");
        setMessage(
                String.format(
                        Locale.ROOT,
                        "%s %s %d %d ms%s",
                        scope.requestId(),
                        scope.route().label(),
                        status,
                        millis(),
                        job));
    }

    RequestScope scope() {
        return scope;
    }

    int status() {
        return status;
    }

    long millis() {
        return TimeUnit.NANOSECONDS.toMillis(scope.ageNanos());
    }
}
