package me.owlrun.gateway.instance;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Tells background work that the gateway stops, and lets it wait for that or for some time.
public final class StopSignal {

    private final CountDownLatch stopped = new CountDownLatch(1);

    /// Stops everything that waits on this.
    public void stop() {
        stopped.countDown();
    }

    /// Waits; true when the gateway stops meanwhile.
    ///
    /// @param waitMax how long to wait
    public boolean isStoppingWithin(Duration waitMax) {
        try {
            return stopped.await(waitMax.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
