package me.owlrun.gateway.cloud;

import me.owlrun.metrics.Figure;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// Counts what became of jobs at clouds, at this gateway.
final class CloudFigures {

    /// How a job at a cloud ended.
    enum Outcome {
        /// The whole answer came.
        ANSWERED,
        /// The cloud did not take the request: no connection, too busy, or it wants no more of us.
        REFUSED,
        /// The answer broke off, was none, or too long.
        FAILED,
        /// The request was wrong.
        BAD_REQUEST,
        /// The buyer's side wanted no more.
        STOPPED
    }

    private final Map<Outcome, AtomicLong> jobs = new ConcurrentHashMap<>();

    void count(Outcome outcome) {
        var _ = jobs.computeIfAbsent(outcome, key -> new AtomicLong()).incrementAndGet();
    }

    /// The figures.
    ///
    /// @param nodes how many cloud nodes this gateway knows
    /// @param taking how many of them take jobs
    List<Figure> figures(long nodes, long taking) {
        Map<String, Long> counts = new TreeMap<>();
        jobs.forEach((outcome, count) ->
                counts.put(outcome.name().toLowerCase(Locale.ROOT), count.get()));
        List<Figure.Sample> samples =
                counts.entrySet().stream()
                        .map(each ->
                                Figure.Sample.of(Map.of("outcome", each.getKey()), each.getValue()))
                        .toList();
        return List.of(
                new Figure(
                        "owlrun_gateway_cloud_jobs_total",
                        "Jobs given to cloud accounts.",
                        "counter",
                        samples),
                Figure.gauge("owlrun_gateway_cloud_nodes", "Cloud nodes known here.", nodes),
                Figure.gauge(
                        "owlrun_gateway_cloud_nodes_taking_jobs",
                        "Cloud nodes that take jobs.",
                        taking));
    }
}
