package me.owlrun.gateway.outbound;

import me.owlrun.gateway.outbound.Fetched.Fault;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Puts an end to look-ups of names. The system's resolver cannot be interrupted and holds the
/// thread of the machine while it waits, so each look-up has such a thread of its own, not one that
/// carries virtual threads, and there are few.
final class TimedResolver {

    private static final int LOOKUPS_MAX = 16;

    private final Semaphore lookups = new Semaphore(LOOKUPS_MAX);
    private final Resolver resolver;

    TimedResolver(Resolver resolver) {
        this.resolver = resolver;
    }

    /// The addresses behind a name; empty when there are none.
    List<InetAddress> resolve(String host, Deadline deadline) throws FetchException {
        BlockingQueue<Optional<List<InetAddress>>> result = new ArrayBlockingQueue<>(1);
        try {
            if (!lookups.tryAcquire(deadline.leftNanos(), TimeUnit.NANOSECONDS)) {
                throw new FetchException(Fault.TIMEOUT, "too many names are being looked up");
            }
            Thread lookup =
                    Thread.ofPlatform()
                            .daemon()
                            .name("outbound-name")
                            .unstarted(() -> {
                                try {
                                    result.add(Optional.of(resolver.resolve(host)));
                                } catch (UnknownHostException e) {
                                    result.add(Optional.empty());
                                } finally {
                                    lookups.release();
                                }
                            });
            lookup.start();
            Optional<List<InetAddress>> found =
                    result.poll(deadline.leftNanos(), TimeUnit.NANOSECONDS);
            if (found == null) {
                throw new FetchException(Fault.TIMEOUT, "the name was not resolved in time");
            }
            return found.filter(addresses -> !addresses.isEmpty())
                    .orElseThrow(() -> new FetchException(Fault.NAME, "no such name"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FetchException(Fault.TIMEOUT, "interrupted");
        }
    }
}
