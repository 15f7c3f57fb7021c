package me.owlrun.gateway.outbound;

import java.io.Closeable;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The moment at which a whole exchange has to be over.
final class Deadline {

    private final long endNanos;

    private Deadline(long endNanos) {
        this.endNanos = endNanos;
    }

    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    boolean isOver() {
        return endNanos - System.nanoTime() <= 0;
    }

    /// What is left, in nanoseconds, never below zero.
    long leftNanos() {
        return Math.max(0, endNanos - System.nanoTime());
    }

    /// Closes a socket at this moment, which ends whatever waits on it: a read timeout alone would
    /// let a server send one byte every few seconds for ever.
    ///
    /// @return to be closed when the socket is no longer in use
    Closeable closing(Socket socket) {
        CountDownLatch done = new CountDownLatch(1);
        Thread watch =
                Thread.ofVirtual()
                        .name("outbound-deadline")
                        .start(() -> {
                            try {
                                if (!done.await(leftNanos(), TimeUnit.NANOSECONDS)) {
                                    socket.close();
                                }
                            } catch (InterruptedException | IOException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
        assert watch.isVirtual();
        return done::countDown;
    }
}
