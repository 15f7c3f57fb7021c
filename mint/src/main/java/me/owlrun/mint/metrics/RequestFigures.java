package me.owlrun.mint.metrics;

import me.owlrun.metrics.Figure;
import me.owlrun.metrics.Histogram;
import me.owlrun.mint.http.RequestGate;
import me.owlrun.mint.http.Route;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// Requests by route: how many, how they ended, how long they took.
public final class RequestFigures implements RequestGate.Log {

    private static final int STATUS_CLASSES = 6;
    private static final int STATUS_CLASS_SIZE = 100;

    private final Map<Route, OfRoute> byRoute = new EnumMap<>(Route.class);

    /// The figures of one route.
    private static final class OfRoute {
        private final LongAdder[] byStatusClass = new LongAdder[STATUS_CLASSES];
        private final Map<Integer, LongAdder> byErrorCode = new ConcurrentHashMap<>();
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
    }

    @Override
    public void answered(Route route, int status, int errorCode, long nanos) {
        OfRoute figures = byRoute.get(route);
        if (figures == null) {
            throw new IllegalStateException("every route has figures");
        }
        figures.byStatusClass[Math.min(status / STATUS_CLASS_SIZE, STATUS_CLASSES - 1)].increment();
        figures.byErrorCode.computeIfAbsent(errorCode, code -> new LongAdder()).increment();
        figures.duration.add(nanos);
    }

    /// What was counted.
    public List<Figure> figures() {
        List<Figure.Sample> requests = new ArrayList<>();
        List<Figure.Sample> results = new ArrayList<>();
        List<Figure.Sample> durations = new ArrayList<>();
        byRoute.forEach((route, figures) -> {
            for (int i = 1; i < STATUS_CLASSES; i++) {
                long count = figures.byStatusClass[i].sum();
                if (count > 0) {
                    String status = String.format(Locale.ROOT, "%dxx", i);
                    requests.add(
                            Figure.Sample.of(
                                    Map.of("route", route.label(), "status", status), count));
                }
            }
            figures.byErrorCode.forEach((code, count) ->
                    results.add(
                            Figure.Sample.of(
                                    Map.of(
                                            "operation",
                                            route.label(),
                                            "code",
                                            code == 0 ? "ok" : Integer.toString(code)),
                                    count.sum())));
            durations.addAll(figures.duration.samples(Map.of("route", route.label())));
        });
        return List.of(
                new Figure(
                        "owlrun_mint_http_requests_total",
                        "Requests answered, by route and class of status.",
                        "counter",
                        requests),
                new Figure(
                        "owlrun_mint_operations_total",
                        "Operations by their end: ok, or the error code of the answer.",
                        "counter",
                        results),
                new Figure(
                        "owlrun_mint_http_request_duration_seconds",
                        "Time from the request's head to the answer.",
                        "histogram",
                        durations));
    }
}
