package me.owlrun.gateway.metrics;

import me.owlrun.gateway.http.ErrorCode;
import me.owlrun.gateway.http.RequestGate;
import me.owlrun.gateway.http.RequestScope;
import me.owlrun.gateway.http.Route;
import me.owlrun.metrics.Figure;
import me.owlrun.metrics.Histogram;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// Requests by route: how many, how they ended, how long they took, and how soon the first piece of
/// an answer was there.
public final class RequestFigures implements RequestGate.Log {

    private static final String PREFIX = "owlrun_gateway_";
    private static final int STATUS_CLASSES = 6;
    private static final int STATUS_CLASS_SIZE = 100;
    private static final List<String> OUTCOMES = List.of("answered", "failed", "buyer_gone");

    private final Map<Route, OfRoute> byRoute = new EnumMap<>(Route.class);
    private final Map<ErrorCode, LongAdder> errors = new EnumMap<>(ErrorCode.class);
    private final List<LongAdder> outcomes = OUTCOMES.stream().map(o -> new LongAdder()).toList();
    private final Histogram firstPiece = new Histogram();
    private final Histogram added = new Histogram();

    /// The figures of one route.
    private static final class OfRoute {
        private final LongAdder[] byStatusClass = new LongAdder[STATUS_CLASSES];
        private final Histogram duration = new Histogram();

        OfRoute() {
            for (int i = 0; i < STATUS_CLASSES; i++) {
                byStatusClass[i] = new LongAdder();
            }
        }
    }

    /// All at zero.
    public RequestFigures() {
        for (Route route : Route.values()) {
            byRoute.put(route, new OfRoute());
        }
        for (ErrorCode code : ErrorCode.values()) {
            errors.put(code, new LongAdder());
        }
    }

    @Override
    public void answered(RequestScope request, int status) {
        OfRoute figures = byRoute.get(request.route());
        if (figures != null) {
            int statusClass = Math.min(status / STATUS_CLASS_SIZE, STATUS_CLASSES - 1);
            figures.byStatusClass[statusClass].increment();
            figures.duration.add(request.ageNanos());
        }
        request.error().map(errors::get).ifPresent(LongAdder::increment);
        request.outcome()
                .map(OUTCOMES::indexOf)
                .filter(index -> index >= 0)
                .ifPresent(index -> outcomes.get(index).increment());
        request.firstPieceNanos().ifPresent(firstPiece::add);
        request.addedNanos().ifPresent(added::add);
    }

    /// What was counted.
    public List<Figure> figures() {
        List<Figure.Sample> requests = new ArrayList<>();
        List<Figure.Sample> durations = new ArrayList<>();
        byRoute.forEach((route, figures) -> {
            for (int i = 1; i < STATUS_CLASSES; i++) {
                long count = figures.byStatusClass[i].sum();
                if (count > 0) {
                    requests.add(
                            Figure.Sample.of(
                                    Map.of("route", route.label(), "status", i + "xx"), count));
                }
            }
            durations.addAll(figures.duration.samples(Map.of("route", route.label())));
        });
        List<Figure.Sample> refusals = new ArrayList<>();
        errors.forEach((code, count) ->
                refusals.add(Figure.Sample.of(Map.of("code", code.code()), count.sum())));
        List<Figure.Sample> ends = new ArrayList<>();
        for (int i = 0; i < OUTCOMES.size(); i++) {
            ends.add(Figure.Sample.of(Map.of("outcome", OUTCOMES.get(i)), outcomes.get(i).sum()));
        }
        return List.of(
                new Figure(
                        PREFIX + "http_requests_total",
                        "Requests answered, by route and class of status.",
                        "counter",
                        requests),
                new Figure(
                        PREFIX + "http_request_duration_seconds",
                        "Time from the request's head to the end of the answer.",
                        "histogram",
                        durations),
                new Figure(
                        PREFIX + "errors_total",
                        "Errors answered, by their code.",
                        "counter",
                        refusals),
                new Figure(PREFIX + "jobs_total", "Jobs by their end.", "counter", ends),
                new Figure(
                        PREFIX + "first_piece_seconds",
                        "Time from the request's head to the first piece of the answer.",
                        "histogram",
                        firstPiece.samples(Map.of())),
                new Figure(
                        PREFIX + "added_seconds",
                        "The gateway's own part of that: before the offer and after the node.",
                        "histogram",
                        added.samples(Map.of())));
    }
}
