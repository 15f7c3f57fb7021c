package me.owlrun.mint.guard;

import me.owlrun.limit.BoundedMap;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/// How many invoices each client has open: made, not paid, not expired. Kept in memory only, so
/// that the database never learns an address.
final class UnpaidQuotes {

    private static final int CLIENTS_MAX = 10_000;
    private static final Duration RECOUNT_AFTER = Duration.ofSeconds(5);

    private final long openMax;
    private final Predicate<UUID> unpaid;
    private final Map<String, Open> byClient = new BoundedMap<>(CLIENTS_MAX);
    private final ReentrantLock lock = new ReentrantLock();

    /// The open quotes of one client, with their expiry.
    private static final class Open {
        private final Map<UUID, Instant> expiryById = new HashMap<>();
        private Instant countedAt = Instant.EPOCH;
    }

    /// @param openMax how many one client may have; 0: without limit
    /// @param unpaid asks the database whether a quote is still unpaid; another process may know
    UnpaidQuotes(long openMax, Predicate<UUID> unpaid) {
        this.openMax = openMax;
        this.unpaid = unpaid;
    }

    void made(String client, UUID quoteId, Instant expiresAt) {
        if (openMax == 0) {
            return;
        }
        lock.lock();
        try {
            byClient.computeIfAbsent(client, c -> new Open()).expiryById.put(quoteId, expiresAt);
        } finally {
            lock.unlock();
        }
    }

    /// Whether a client may open one more.
    boolean mayOpen(String client, Instant now) {
        List<UUID> asked = fullUnlessRecounted(client, now);
        if (asked.isEmpty()) {
            return !isFull(client);
        }
        List<UUID> paid = asked.stream().filter(unpaid.negate()).toList();
        lock.lock();
        try {
            Open open = byClient.get(client);
            if (open != null) {
                paid.forEach(open.expiryById::remove);
            }
        } finally {
            lock.unlock();
        }
        return !isFull(client);
    }

    /// The quotes of a client who seems to have too many and was not counted lately.
    private List<UUID> fullUnlessRecounted(String client, Instant now) {
        lock.lock();
        try {
            Open open = byClient.get(client);
            if (open == null) {
                return List.of();
            }
            open.expiryById.values().removeIf(now::isAfter);
            boolean recount = open.countedAt.plus(RECOUNT_AFTER).isBefore(now);
            if (!isFull(client) || !recount) {
                return List.of();
            }
            open.countedAt = now;
            return List.copyOf(open.expiryById.keySet());
        } finally {
            lock.unlock();
        }
    }

    private boolean isFull(String client) {
        lock.lock();
        try {
            Open open = byClient.get(client);
            return openMax > 0 && open != null && open.expiryById.size() >= openMax;
        } finally {
            lock.unlock();
        }
    }
}
