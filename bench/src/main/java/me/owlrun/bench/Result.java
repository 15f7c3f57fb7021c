package me.owlrun.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.Json;

import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/// The figures of one phase.
///
/// @param operation what was done
/// @param clients how many did it at once
/// @param nanos how long each success took, shortest first
/// @param elapsed from the first request to the last answer
/// @param errors how often what went wrong
/// @param cpu processor time by program
@SuppressWarnings("ArrayRecordComponent") // never compared
record Result(
        String operation,
        int clients,
        long[] nanos,
        Duration elapsed,
        Map<String, Long> errors,
        Map<String, Duration> cpu) {

    private static final double NANOS_PER_MILLI = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double NANOS_PER_MICRO = 1e3;

    static final String HEAD =
            "%-12s %7s %9s %9s %9s %9s %9s %7s  %s"
                    .formatted(
                            "operation",
                            "clients",
                            "count",
                            "per s",
                            "p50 ms",
                            "p99 ms",
                            "max ms",
                            "errors",
                            "CPU us per operation");

    double perSecond() {
        return nanos.length * NANOS_PER_SECOND / Math.max(1, elapsed.toNanos());
    }

    /// The time that this share of the successes stayed under.
    double millis(double share) {
        if (nanos.length == 0) {
            return 0;
        }
        int index = (int) Math.ceil(share * nanos.length) - 1;
        return nanos[Math.clamp(index, 0, nanos.length - 1)] / NANOS_PER_MILLI;
    }

    long errorCount() {
        return errors.values().stream().mapToLong(Long::longValue).sum();
    }

    private double cpuMicros(Duration used) {
        return used.toNanos() / NANOS_PER_MICRO / Math.max(1, nanos.length);
    }

    /// One line of the table, with errors by kind below it.
    String row() {
        String programs =
                cpu.entrySet().stream()
                        .map(e -> "%s %.0f".formatted(e.getKey(), cpuMicros(e.getValue())))
                        .collect(Collectors.joining(", "));
        String kinds =
                errors.entrySet().stream()
                        .map(e -> "\n      " + e.getValue() + " x " + e.getKey())
                        .collect(Collectors.joining());
        return "%-12s %7d %9d %9.1f %9.2f %9.2f %9.2f %7d  %s%s"
                .formatted(
                        operation,
                        clients,
                        nanos.length,
                        perSecond(),
                        millis(0.5),
                        millis(0.99),
                        millis(1),
                        errorCount(),
                        programs,
                        kinds);
    }

    ObjectNode json() {
        ObjectNode node = Json.object();
        node.put("operation", operation);
        node.put("clients", clients);
        node.put("count", nanos.length);
        node.put("per_second", perSecond());
        node.put("p50_ms", millis(0.5));
        node.put("p99_ms", millis(0.99));
        node.put("max_ms", millis(1));
        ObjectNode kinds = node.putObject("errors");
        errors.forEach(kinds::put);
        ObjectNode programs = node.putObject("cpu_us_per_operation");
        cpu.forEach((program, used) -> programs.put(program, cpuMicros(used)));
        return node;
    }
}
