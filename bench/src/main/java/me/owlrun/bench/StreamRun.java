package me.owlrun.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/// Many streams of paced deltas at once: when the first word came, how far apart the words were,
/// and whether all of them came, in their order.
final class StreamRun {

    private static final long SPREAD_NANOS = 2_000_000_000;
    private static final double NANOS_PER_MILLI = 1e6;

    private StreamRun() {}

    /// The figures of a run.
    ///
    /// @param streams how many ran at once
    /// @param complete how many had every word in order
    /// @param lostWords words that did not come
    /// @param firstMillis times to the first word, shortest first
    /// @param gapMillis times between two words, shortest first
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Figures(
            String target,
            int streams,
            int complete,
            long lostWords,
            double[] firstMillis,
            double[] gapMillis) {

        static double share(double[] sorted, double share) {
            if (sorted.length == 0) {
                return 0;
            }
            int index = (int) Math.ceil(share * sorted.length) - 1;
            return sorted[Math.clamp(index, 0, sorted.length - 1)];
        }

        double first(double share) {
            return share(firstMillis, share);
        }

        double gap(double share) {
            return share(gapMillis, share);
        }
    }

    /// What one client heard.
    private static final class Listener implements ChatConnection.Events {
        private long startedNanos;
        private long lastNanos;
        private int next;
        private boolean inOrder = true;
        private double firstMillis;
        private final List<Double> gaps = new ArrayList<>();

        @Override
        public void heard(String data, long nanos) {
            int from = data.indexOf("\"content\":\"w");
            if (from < 0) {
                return;
            }
            int number = Integer.parseInt(data.substring(from + 12, data.indexOf(' ', from)));
            inOrder &= number == next;
            if (next == 0) {
                firstMillis = (nanos - startedNanos) / NANOS_PER_MILLI;
            } else {
                gaps.add((nanos - lastNanos) / NANOS_PER_MILLI);
            }
            next++;
            lastNanos = nanos;
        }

        boolean complete() {
            return inOrder && next == Script.PACED_DELTAS;
        }
    }

    /// Opens all streams, begun evenly over two seconds, and reads them to their ends.
    static Figures run(ChatTarget target, int streams) {
        byte[] request = ChatTarget.request(Script.PACED_MODEL, true);
        ConcurrentLinkedQueue<Listener> heard = new ConcurrentLinkedQueue<>();
        CountDownLatch ready = new CountDownLatch(streams);
        CountDownLatch go = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < streams; i++) {
                long wait = SPREAD_NANOS * i / streams;
                running.add(
                        threads.submit(() -> {
                            Listener listener = new Listener();
                            heard.add(listener);
                            try (ChatConnection http = new ChatConnection(target.url())) {
                                http.connect();
                                ready.countDown();
                                go.await();
                                LockSupport.parkNanos(wait);
                                String headers = target.headers().get();
                                listener.startedNanos = System.nanoTime();
                                var _ = http.post(headers, request, listener);
                            } catch (IOException e) {
                                ready.countDown(); // an incomplete stream says enough
                            }
                            return null;
                        }));
            }
            ready.await();
            go.countDown();
            for (Future<?> future : running) {
                future.get();
            }
        } catch (ExecutionException e) {
            throw new BenchException("streams failed: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
        return figures(target.name(), streams, List.copyOf(heard));
    }

    private static Figures figures(String target, int streams, List<Listener> heard) {
        double[] first =
                heard.stream().filter(l -> l.next > 0).mapToDouble(l -> l.firstMillis).toArray();
        double[] gaps =
                heard.stream().flatMap(l -> l.gaps.stream()).mapToDouble(gap -> gap).toArray();
        Arrays.sort(first);
        Arrays.sort(gaps);
        return new Figures(
                target,
                streams,
                (int) heard.stream().filter(Listener::complete).count(),
                heard.stream().mapToLong(l -> Math.max(0, Script.PACED_DELTAS - l.next)).sum(),
                first,
                gaps);
    }
}
