package me.owlrun.metrics;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/// The Java machine: memory, threads, garbage collection.
public final class JvmFigures {

    private static final int MILLIS_DIGITS = 3;

    private JvmFigures() {}

    /// What they are now.
    ///
    /// @param prefix what the names begin with
    public static List<Figure> figures(String prefix) {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        long gcMillis =
                ManagementFactory.getGarbageCollectorMXBeans().stream()
                        .mapToLong(gc -> Math.max(0, gc.getCollectionTime()))
                        .sum();
        return List.of(
                new Figure(
                        prefix + "jvm_memory_used_bytes",
                        "Memory in use.",
                        "gauge",
                        List.of(
                                area("heap", memory.getHeapMemoryUsage().getUsed()),
                                area("nonheap", memory.getNonHeapMemoryUsage().getUsed()))),
                Figure.gauge(
                        prefix + "jvm_memory_max_bytes",
                        "What the heap may grow to.",
                        memory.getHeapMemoryUsage().getMax()),
                Figure.gauge(
                        prefix + "jvm_platform_threads",
                        "Threads of the operating system; virtual threads are not counted.",
                        ManagementFactory.getThreadMXBean().getThreadCount()),
                new Figure(
                        prefix + "jvm_gc_seconds_total",
                        "Time spent collecting garbage.",
                        "counter",
                        List.of(
                                new Figure.Sample(
                                        "",
                                        Map.of(),
                                        BigDecimal.valueOf(gcMillis, MILLIS_DIGITS)
                                                .toPlainString()))));
    }

    private static Figure.Sample area(String area, long bytes) {
        return Figure.Sample.of(Map.of("area", area), bytes);
    }
}
