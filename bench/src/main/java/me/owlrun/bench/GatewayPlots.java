package me.owlrun.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/// What the gateway bench measured, to be drawn and told in few lines.
final class GatewayPlots {

    private static final double MEDIAN = 0.5;
    private static final double SLOW = 0.99;
    private static final String ACROSS = "clients at once";
    private static final String ACROSS_STREAMS = "streams at once";

    private final Map<String, List<Result>> answers = new LinkedHashMap<>();
    private final Map<String, List<StreamRun.Figures>> streams = new LinkedHashMap<>();

    /// Takes a row of answers; the upstream alone is no line of its own.
    void add(Result result) {
        if (!result.operation().equals("direct") && result.nanos().length > 0) {
            List<Result> rows = answers.computeIfAbsent(result.operation(), _ -> new ArrayList<>());
            rows.removeIf(row -> row.clients() == result.clients()); // peers come in two parts
            rows.add(result);
        }
    }

    /// Takes a row of streams.
    void add(StreamRun.Figures figures) {
        if (figures.gapMillis().length > 0) {
            streams.computeIfAbsent(figures.target(), _ -> new ArrayList<>()).add(figures);
        }
    }

    /// A table in Markdown: one line for each that was measured, the figures by count.
    String table() {
        StringBuilder table = new StringBuilder();
        if (!answers.isEmpty()) {
            table.append("\n| through | clients | answers/s | p50, p99 ms |\n|---|---|---|---|\n");
        }
        answers.forEach((name, results) ->
                table.append("| %s | ".formatted(name))
                        .append(joined(results, r -> "" + r.clients()))
                        .append(" | ")
                        .append(joined(results, r -> number("%,.0f", r.perSecond())))
                        .append(" | ")
                        .append(
                                joined(
                                        results,
                                        r ->
                                                number("%.1f, ", r.millis(MEDIAN))
                                                        + number("%.1f", r.millis(SLOW))))
                        .append(" |\n"));
        return table.toString();
    }

    private static <T> String joined(List<T> rows, Function<T, String> column) {
        return String.join(" / ", rows.stream().map(column).toList());
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    /// Draws what there is.
    ///
    /// @param machine stands below the titles
    /// @return the files written
    List<Path> draw(Path folder, String machine) {
        List<Path> files = new ArrayList<>();
        if (!answers.isEmpty()) {
            Path rate = folder.resolve("gateway-rate.svg");
            Plot.write(
                    rate,
                    Plot.draw(
                            new Plot.Paper(
                                    "Answers per second through each gateway, all on one machine",
                                    machine,
                                    ACROSS,
                                    "answers per second",
                                    true),
                            lines(answers, Result::clients, Result::perSecond)));
            Path latency = folder.resolve("gateway-latency.svg");
            Plot.write(
                    latency,
                    Plot.draw(
                            new Plot.Paper(
                                    "Median time of a whole answer through each gateway",
                                    machine,
                                    ACROSS,
                                    "p50, ms",
                                    true),
                            lines(answers, Result::clients, r -> r.millis(MEDIAN))));
            files.add(rate);
            files.add(latency);
        }
        if (!streams.isEmpty()) {
            Path gaps = folder.resolve("gateway-gaps.svg");
            Plot.write(
                    gaps,
                    Plot.draw(
                            new Plot.Paper(
                                    "Streams of 64 words 20 ms apart: the 99th percentile of gaps",
                                    machine,
                                    ACROSS_STREAMS,
                                    "gap p99, ms",
                                    true),
                            lines(streams, StreamRun.Figures::streams, f -> f.gap(SLOW))));
            files.add(gaps);
        }
        return files;
    }

    private static <T> List<Plot.Line> lines(
            Map<String, List<T>> rows, ToLongFunction<T> count, ToDoubleFunction<T> height) {
        List<Plot.Line> lines = new ArrayList<>();
        rows.forEach((name, results) ->
                lines.add(
                        new Plot.Line(
                                name,
                                results.stream()
                                        .map(r ->
                                                new Plot.Value(
                                                        count.applyAsLong(r),
                                                        height.applyAsDouble(r)))
                                        .toList())));
        return lines;
    }
}
