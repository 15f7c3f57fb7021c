package me.owlrun.gateway.routing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/// Chooses who gets a job. Candidates serve the model, are not parked and above the speed floor,
/// and have room; the least loaded of them come first, and among near equals chance decides, in
/// proportion to `score · karma · ramp`, so that nobody starves and nobody takes all (seeds `000`
/// and `002`). A choice costs O(log n). Thread-safe.
///
/// @param <T> what stands for a node, equal only to itself
public final class Router<T> {

    private static final double WEIGHT_SCALE = 1_000_000;

    private final RoutingRules rules;
    private final RandomGenerator random;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, ModelIndex<T>> models = new HashMap<>();
    private final Queue<Wake<T>> wakes = new PriorityQueue<>();
    private final Prefixes<RoutedNode<T>> prefixes;

    /// When to look at a parked node again.
    private record Wake<T>(Instant at, RoutedNode<T> node) implements Comparable<Wake<T>> {

        @Override
        public int compareTo(Wake<T> other) {
            return at.compareTo(other.at);
        }
    }

    /// @param random draws the lots; used by one thread at a time
    public Router(RoutingRules rules, RandomGenerator random, InstantSource clock) {
        this.rules = rules;
        this.random = random;
        this.clock = clock;
        this.prefixes = new Prefixes<>(rules.sticky());
    }

    private interface Work<R> {
        R at(Instant now);
    }

    private <R> R locked(Work<R> work) {
        lock.lock();
        try {
            Instant now = clock.instant();
            wake(now);
            return work.at(now);
        } finally {
            lock.unlock();
        }
    }

    private void wake(Instant now) {
        for (Wake<T> next = wakes.peek();
                next != null && !next.at.isAfter(now);
                next = wakes.peek()) {
            wakes.remove();
            place(next.node, now);
        }
    }

    /// Lets a node in.
    ///
    /// @param standing of the machine; may be in use by an older connection of it
    /// @param capacity jobs it says it can run at once, at least 1
    public RoutedNode<T> join(T link, Set<String> served, int capacity, Standing standing) {
        RoutedNode<T> node = new RoutedNode<>(link, standing, capacity);
        return locked(now -> {
            for (String model : served) {
                node.seats.put(model, new Seat<>(node, standing.speed(model)));
            }
            place(node, now);
            return node;
        });
    }

    /// Takes a node out; its jobs may still end.
    public void leave(RoutedNode<T> node) {
        away(node, true);
    }

    /// Gives a node no jobs for now, or jobs again.
    public void away(RoutedNode<T> node, boolean away) {
        var _ =
                locked(now -> {
                    node.away = away;
                    place(node, now);
                    return node;
                });
    }

    /// Chooses a node and gives it the job.
    ///
    /// @param excluded had their chance
    /// @param prefix names the beginning of the conversation
    public Optional<RoutedNode<T>> take(String model, Set<T> excluded, Optional<String> prefix) {
        return locked(now -> {
            Optional<RoutedNode<T>> chosen =
                    prefix.flatMap(text -> prefixes.find(model, text, now))
                            .filter(node -> isStickyFor(node, model, excluded))
                            .or(() -> draw(model, excluded));
            chosen.ifPresent(node -> {
                node.running++;
                node.standing().breaker().took(now);
                place(node, now);
                prefix.ifPresent(text -> prefixes.remember(model, text, node, now));
            });
            return chosen;
        });
    }

    private Optional<RoutedNode<T>> draw(String model, Set<T> excluded) {
        return Optional.ofNullable(models.get(model))
                .flatMap(index -> index.draw(excluded, random))
                .map(seat -> seat.node);
    }

    private boolean isStickyFor(RoutedNode<T> node, String model, Set<T> excluded) {
        Optional<Seat<T>> seat = Optional.ofNullable(node.seats.get(model));
        int spare = node.capacity() - node.running;
        return seat.isPresent()
                && seat.get().level != Seat.NOWHERE
                && !excluded.contains(node.link())
                && 100L * spare >= (long) rules.sticky().sparePercent() * node.capacity();
    }

    /// A job ended.
    public void ended(RoutedNode<T> node, Health.Event event) {
        var _ =
                locked(now -> {
                    node.running--;
                    Standing standing = node.standing();
                    standing.health().add(event, now);
                    switch (event) {
                        case SUCCESS, PROBE_PASSED -> standing.breaker().succeeded(now);
                        case FAILURE, PROBE_FAILED -> standing.breaker().failed(now);
                        case NEUTRAL -> standing.breaker().neutral(now);
                    }
                    place(node, now);
                    return node;
                });
    }

    /// An answer was made at this speed.
    ///
    /// @param time from its first token to its last
    public void answered(RoutedNode<T> node, String model, long tokens, Duration time) {
        var _ =
                locked(now -> {
                    node.standing().speed(model).answered(tokens, time);
                    place(node, now);
                    return node;
                });
    }

    /// A node was online for some more time.
    public void online(RoutedNode<T> node, Duration more) {
        var _ =
                locked(now -> {
                    node.standing().online(more, now);
                    place(node, now);
                    return node;
                });
    }

    /// The provider's karma changed.
    ///
    /// @param factor of the node's lot, 1 for none
    public void karma(RoutedNode<T> node, double factor) {
        var _ =
                locked(now -> {
                    node.standing().karma(factor);
                    place(node, now);
                    return node;
                });
    }

    /// Whether a node could get a job of a model now.
    public Verdict explain(RoutedNode<T> node, String model) {
        return locked(now -> verdict(node, model, now));
    }

    /// The health window of a node, to be kept.
    public List<Health.Day> days(RoutedNode<T> node) {
        return locked(now -> node.standing().health().days(now));
    }

    private Verdict verdict(RoutedNode<T> node, String model, Instant now) {
        Standing standing = node.standing();
        Optional<Seat<T>> seat = Optional.ofNullable(node.seats.get(model));
        if (seat.isEmpty()) {
            return new Verdict.NotServed();
        }
        if (node.away) {
            return new Verdict.Away();
        }
        Breaker breaker = standing.breaker();
        return switch (breaker.state(now)) {
            case PARKED -> new Verdict.Parked(breaker.parkedUntil());
            case PROBING -> new Verdict.Probing();
            case CLOSED, HALF_OPEN -> {
                int capacity = node.capacity();
                if (!seat.get().speed.isFastEnough()) {
                    yield new Verdict.TooSlow(seat.get().speed.tokensPerSecond());
                }
                if (node.running >= capacity) {
                    yield new Verdict.Full(node.running, capacity);
                }
                double score = standing.health().score(now);
                yield new Verdict.Eligible(
                        node.running,
                        capacity,
                        standing.ramp(),
                        score,
                        standing.karma(),
                        weight(standing, score));
            }
        };
    }

    private static long weight(Standing standing, double score) {
        return Math.max(1, Math.round(WEIGHT_SCALE * score * standing.karma() * standing.ramp()));
    }

    /// Puts a node where it belongs in the index of each of its models.
    private void place(RoutedNode<T> node, Instant now) {
        node.seats.forEach((model, seat) -> {
            ModelIndex<T> index = models.computeIfAbsent(model, _ -> new ModelIndex<>());
            if (verdict(node, model, now)
                    instanceof
                    Verdict.Eligible(
                            int running,
                            int capacity,
                            double _,
                            double _,
                            double _,
                            long weight)) {
                index.put(seat, ModelIndex.level(running, capacity), weight);
            } else {
                index.put(seat, Seat.NOWHERE, 0);
            }
        });
        Breaker breaker = node.standing().breaker();
        if (breaker.state(now) == Breaker.State.PARKED) {
            wakes.add(new Wake<>(breaker.parkedUntil(), node));
        }
    }
}
