package me.owlrun.metrics;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/// How long something took, counted in fixed steps.
public final class Histogram {

    private static final long[] BOUNDS_MICROS = {
        500,
        1_000,
        2_500,
        5_000,
        10_000,
        25_000,
        50_000,
        100_000,
        250_000,
        500_000,
        1_000_000,
        2_500_000,
        5_000_000,
        10_000_000,
        30_000_000
    };
    private static final int MICROS_DIGITS = 6;
    private static final int NANOS_DIGITS = 9;

    private final LongAdder[] counts = new LongAdder[BOUNDS_MICROS.length + 1];
    private final LongAdder sumNanos = new LongAdder();

    /// All at zero.
    public Histogram() {
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    /// Counts one.
    public void add(long nanos) {
        long micros = TimeUnit.NANOSECONDS.toMicros(nanos);
        int step = 0;
        while (step < BOUNDS_MICROS.length && micros > BOUNDS_MICROS[step]) {
            step++;
        }
        counts[step].increment();
        sumNanos.add(nanos);
    }

    /// The lines of a figure.
    ///
    /// @param labels what distinguishes it
    public List<Figure.Sample> samples(Map<String, String> labels) {
        List<Figure.Sample> samples = new ArrayList<>();
        long total = 0;
        for (int i = 0; i < counts.length; i++) {
            total += counts[i].sum();
            Map<String, String> withBound = new LinkedHashMap<>(labels);
            withBound.put(
                    "le",
                    i < BOUNDS_MICROS.length ? decimal(BOUNDS_MICROS[i], MICROS_DIGITS) : "+Inf");
            samples.add(new Figure.Sample("_bucket", withBound, Long.toString(total)));
        }
        samples.add(new Figure.Sample("_sum", labels, decimal(sumNanos.sum(), NANOS_DIGITS)));
        samples.add(new Figure.Sample("_count", labels, Long.toString(total)));
        return samples;
    }

    private static String decimal(long value, int digits) {
        return BigDecimal.valueOf(value, digits).stripTrailingZeros().toPlainString();
    }
}
