package me.owlrun.gateway.free;

import me.owlrun.limit.BoundedMap;

import java.time.LocalDate;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// How much of what a provider gave away counts: little when it all goes to one network, so that
/// nobody gets karma by asking oneself. In memory only, and forgotten with the day.
final class Requesters {

    private static final int PAIRS_MAX = 50_000;

    /// Hex digits of an IPv4 address, and of its /24.
    private static final int IPV4_DIGITS = 8;

    private static final int IPV4_NETWORK_DIGITS = 6;

    /// Hex digits of an IPv6 /48.
    private static final int IPV6_NETWORK_DIGITS = 12;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Pair, Long> counted = new BoundedMap<>(PAIRS_MAX);
    private final long tokensMax;
    private LocalDate day = LocalDate.EPOCH;

    /// Who gave to whom.
    private record Pair(String network, long providerId) {}

    /// @param tokensMax what counts for one provider from one network in a day
    Requesters(long tokensMax) {
        this.tokensMax = tokensMax;
    }

    /// How many of these tokens count.
    ///
    /// @param client an address as limits count it
    long count(String client, long providerId, long tokens, LocalDate today) {
        Pair pair = new Pair(network(client), providerId);
        lock.lock();
        try {
            if (!today.equals(day)) {
                counted.clear();
                day = today;
            }
            long before = counted.getOrDefault(pair, 0L);
            long counts = Math.clamp(tokensMax - before, 0, tokens);
            counted.put(pair, before + counts);
            return counts;
        } finally {
            lock.unlock();
        }
    }

    private static String network(String client) {
        int digits = client.length() == IPV4_DIGITS ? IPV4_NETWORK_DIGITS : IPV6_NETWORK_DIGITS;
        return client.substring(0, Math.min(client.length(), digits));
    }
}
