package me.owlrun.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/// Runs clients at once in a closed loop until time or material ends.
final class Phase {

    static final int FAILURES_IN_A_ROW_MAX = 20;
    private static final int RECOVERIES_MAX = 5;
    private static final long RECOVERY_PAUSE_NANOS = 200_000_000;

    private final CpuWatch cpu;
    private final Duration longest;

    /// @param longest when no further operation begins
    Phase(CpuWatch cpu, Duration longest) {
        this.cpu = cpu;
        this.longest = longest;
    }

    /// What one client saw.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Seen(long[] nanos, Map<String, Long> errors, long endedAt) {}

    /// Runs the workers and closes them.
    Result run(String operation, List<? extends Worker> workers) {
        CountDownLatch ready = new CountDownLatch(workers.size());
        CountDownLatch go = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Seen>> futures = new ArrayList<>();
            for (Worker worker : workers) {
                futures.add(threads.submit(() -> client(worker, ready, go)));
            }
            ready.await();
            Map<String, Duration> before = cpu.used();
            long start = System.nanoTime();
            go.countDown();
            List<Seen> seen = new ArrayList<>();
            for (Future<Seen> future : futures) {
                seen.add(future.get());
            }
            return result(operation, start, seen, CpuWatch.between(before, cpu.used()));
        } catch (ExecutionException e) {
            throw new BenchException(operation + " failed: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }

    private static Result result(
            String operation, long start, List<Seen> seen, Map<String, Duration> cpu) {
        long end = seen.stream().mapToLong(Seen::endedAt).max().orElse(start);
        long[] nanos = seen.stream().flatMapToLong(s -> Arrays.stream(s.nanos())).toArray();
        Arrays.sort(nanos);
        Map<String, Long> errors = new TreeMap<>();
        seen.forEach(s -> s.errors().forEach((kind, n) -> errors.merge(kind, n, Long::sum)));
        return new Result(
                operation, seen.size(), nanos, Duration.ofNanos(end - start), errors, cpu);
    }

    private Seen client(Worker worker, CountDownLatch ready, CountDownLatch go)
            throws InterruptedException {
        Map<String, Long> errors = new TreeMap<>();
        try (worker) {
            try {
                worker.prepare();
            } catch (Refusal e) {
                errors.merge("before the clock: " + e.kind(), 1L, Long::sum);
            } finally {
                ready.countDown();
            }
            go.await();
            return loop(worker, errors, System.nanoTime() + longest.toNanos());
        }
    }

    private static Seen loop(Worker worker, Map<String, Long> errors, long deadline) {
        long[] nanos = new long[1024];
        int count = 0;
        int inARow = 0;
        while (worker.hasNext() && inARow < FAILURES_IN_A_ROW_MAX) {
            long start = System.nanoTime();
            if (start >= deadline) {
                break;
            }
            try {
                worker.operate();
                nanos = count == nanos.length ? Arrays.copyOf(nanos, 2 * count) : nanos;
                nanos[count++] = System.nanoTime() - start;
                inARow = 0;
            } catch (Refusal e) {
                errors.merge(e.kind(), 1L, Long::sum);
                inARow++;
                if (!e.certain() && !recovered(worker)) {
                    errors.merge("never settled", 1L, Long::sum);
                    break; // the audit shows what became of it
                }
            }
        }
        return new Seen(Arrays.copyOf(nanos, count), errors, System.nanoTime());
    }

    private static boolean recovered(Worker worker) {
        for (int attempt = 0; attempt < RECOVERIES_MAX; attempt++) {
            try {
                worker.recover();
                return true;
            } catch (Refusal _) {
                LockSupport.parkNanos(RECOVERY_PAUSE_NANOS);
            }
        }
        return false;
    }
}
