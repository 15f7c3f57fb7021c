package me.owlrun.bench;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/// How much processor time programs used, their children included.
///
/// @param programs process identifiers by name
record CpuWatch(Map<String, Long> programs) {

    Map<String, Duration> used() {
        Map<String, Duration> used = new LinkedHashMap<>();
        programs.forEach((name, pid) ->
                used.put(
                        name,
                        ProcessHandle.of(pid).stream()
                                .flatMap(p ->
                                        name.equals("harness")
                                                ? Stream.of(p)
                                                : Stream.concat(Stream.of(p), p.descendants()))
                                .map(p -> p.info().totalCpuDuration().orElse(Duration.ZERO))
                                .reduce(Duration.ZERO, Duration::plus)));
        return used;
    }

    static Map<String, Duration> between(
            Map<String, Duration> before, Map<String, Duration> after) {
        Map<String, Duration> between = new LinkedHashMap<>();
        after.forEach((name, used) ->
                between.put(name, used.minus(before.getOrDefault(name, Duration.ZERO))));
        return between;
    }
}
