package me.owlrun.mint.quote;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// One virtual thread per payment under way.
final class PayerThreads implements Payers {

    /// Payments one process brings on at once.
    private static final int AT_ONCE_MAX = 1_000;

    /// A node may take [me.owlrun.mint.lightning.Lightning#PAY_WAIT_MAX] for its answer.
    private static final Duration STOP_WAIT_MAX = Duration.ofSeconds(35);

    private static final Logger LOG = System.getLogger(PayerThreads.class.getName());

    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("payer-", 0).factory());
    private final AtomicInteger running = new AtomicInteger();
    private final CountDownLatch closing = new CountDownLatch(1);

    @Override
    public boolean areBusy() {
        return running.get() >= AT_ONCE_MAX;
    }

    @Override
    public <T> Future<T> start(Callable<T> work) {
        return threads.submit(() -> {
            running.incrementAndGet();
            try {
                return work.call();
            } catch (RuntimeException e) { // the edge of the thread; the lease brings it back
                LOG.log(Level.WARNING, "A payment could not be brought on; it stays pending.", e);
                throw e;
            } finally {
                running.decrementAndGet();
            }
        });
    }

    @Override
    public boolean rest(Duration duration) {
        try {
            return !closing.await(duration.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        closing.countDown();
        threads.shutdown();
        try {
            if (!threads.awaitTermination(STOP_WAIT_MAX.toSeconds(), TimeUnit.SECONDS)) {
                LOG.log(Level.WARNING, "Payments are still under way; another start ends them.");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
