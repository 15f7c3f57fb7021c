package me.owlrun.gateway.log;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.http.RequestScope;
import me.owlrun.json.Json;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.Optional;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/// Writes log records, with the request and job that the thread serves, and nothing secret.
final class LineFormatter extends Formatter {

    private final LogFormat format;

    LineFormatter(LogFormat format) {
        this.format = format;
    }

    @Override
    public String format(LogRecord record) {
        Optional<RequestScope> request =
                record instanceof RequestRecord done
                        ? Optional.of(done.scope())
                        : RequestScope.current();
        return switch (format) {
            case TEXT -> text(record, request);
            case JSON -> json(record, request);
        };
    }

    private String text(LogRecord record, Optional<RequestScope> request) {
        StringBuilder line = new StringBuilder();
        line.append(record.getInstant()).append(' ').append(record.getLevel()).append(' ');
        line.append(record.getLoggerName()).append(' ');
        if (!(record instanceof RequestRecord)) {
            request.ifPresent(scope -> line.append('[').append(scope.requestId()).append("] "));
        }
        line.append(formatMessage(record));
        trace(record).ifPresent(trace -> line.append('\n').append(trace.stripTrailing()));
        return Scrub.text(line.toString()) + '\n';
    }

    private String json(LogRecord record, Optional<RequestScope> request) {
        ObjectNode line = Json.object();
        Instant at = record.getInstant();
        line.put("time", at.toString());
        line.put("level", record.getLevel().getName());
        line.put("logger", record.getLoggerName());
        line.put("message", Scrub.text(formatMessage(record)));
        request.ifPresent(scope -> {
            line.put("request", scope.requestId());
            line.put("route", scope.route().label());
            scope.jobId().ifPresent(job -> line.put("job", job));
        });
        if (record instanceof RequestRecord done) {
            line.put("status", done.status());
            line.put("ms", done.millis());
            done.scope().error().ifPresent(error -> line.put("code", error.code()));
            done.scope().outcome().ifPresent(outcome -> line.put("outcome", outcome));
        }
        trace(record).ifPresent(trace -> line.put("trace", Scrub.text(trace)));
        return Json.text(line) + '\n';
    }

    private static Optional<String> trace(LogRecord record) {
        Throwable thrown = record.getThrown();
        if (thrown == null) {
            return Optional.empty();
        }
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace, true));
        return Optional.of(trace.toString());
    }
}
