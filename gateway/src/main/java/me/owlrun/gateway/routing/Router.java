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

    /// Near equals among which karma decides where it goes first.
    private static final int KARMA_CHANCES = 16;

    private final RoutingRules rules;
    private final RandomGenerator random;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, ModelIndex<T>> works = new HashMap<>();
    private final Queue<Wake<T>> wakes = new PriorityQueue<>();
    private final Prefixes<RoutedNode<T>> prefixes;
    private final Decisions decisions = new Decisions();

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

    /// What is done under the lock.
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
            next.node.wakeAt = Instant.MAX;
            place(next.node, now);
        }
    }

    /// Lets a node in.
    ///
    /// @param standing of the machine; may be in use by an older connection of it
    /// @param does the kinds of work it can do
    /// @param capacity jobs it says it can run at once, at least 1
    public RoutedNode<T> join(T link, Set<String> does, int capacity, Standing standing) {
        RoutedNode<T> node = new RoutedNode<>(link, standing, capacity);
        serve(node, does, capacity);
        return node;
    }

    /// Takes note of what a node can do from now on; its jobs and what it earned stay.
    public void serve(RoutedNode<T> node, Set<String> does, int capacity) {
        var _ =
                locked(now -> {
                    node.declare(capacity);
                    List.copyOf(node.seats.keySet()).stream()
                            .filter(work -> !does.contains(work))
                            .forEach(work -> unseat(node, work));
                    node.standing().retain(does);
                    for (String work : does) {
                        if (!node.seats.containsKey(work)) {
                            node.seats.put(work, new Seat<>(node, node.standing().speed(work)));
                            works.computeIfAbsent(work, _ -> new ModelIndex<>()).enter();
                        }
                    }
                    place(node, now);
                    return node;
                });
    }

    private void unseat(RoutedNode<T> node, String work) {
        ModelIndex<T> index = works.get(work);
        Seat<T> seat = node.seats.remove(work);
        if (index == null || seat == null) {
            return;
        }
        index.put(seat, Seat.NOWHERE, 0);
        if (index.exit()) {
            works.remove(work);
        }
    }

    /// Takes a node out; its jobs may still end.
    public void leave(RoutedNode<T> node) {
        var _ =
                locked(now -> {
                    node.away = true;
                    List.copyOf(node.seats.keySet()).forEach(work -> unseat(node, work));
                    return node;
                });
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

    /// A node that got a job.
    ///
    /// @param decision how that came to be
    public record Taken<T>(RoutedNode<T> node, Decision decision) {}

    /// Chooses a node and gives it the job.
    public Optional<Taken<T>> take(Search<T> search) {
        return locked(now -> {
            String work = search.work();
            Optional<RoutedNode<T>> known =
                    search.prefix()
                            .flatMap(text -> prefixes.find(work, text, now))
                            .filter(node -> isStickyFor(node, search));
            Optional<RoutedNode<T>> chosen = known.or(() -> draw(search));
            Decision.How how =
                    known.isPresent()
                            ? Decision.How.PREFIX
                            : chosen.isPresent() ? Decision.How.LOT : Decision.How.NOBODY;
            Decision decision =
                    decisions.add(work, now, how, chosen, Optional.ofNullable(works.get(work)));
            chosen.ifPresent(node -> {
                give(node, search.place() ? 1 : 0, now);
                search.prefix().ifPresent(text -> prefixes.remember(work, text, node, now));
            });
            return chosen.map(node -> new Taken<>(node, decision));
        });
    }

    /// Gives a certain node a job without a place, which a probe may be even when it was too slow;
    /// whether it had room and was not parked. Its end is told by [#endedWithoutPlace].
    public boolean takeOn(RoutedNode<T> node, String work) {
        return locked(now -> {
            boolean takes =
                    switch (verdict(node, work, now)) {
                        case Verdict.Eligible _, Verdict.TooSlow _ ->
                                node.running < node.capacity();
                        default -> false;
                    };
            if (takes) {
                give(node, 0, now);
            }
            return takes;
        });
    }

    private void give(RoutedNode<T> node, int places, Instant now) {
        node.running += places;
        node.standing().breaker().took(now);
        place(node, now);
    }

    private Optional<RoutedNode<T>> draw(Search<T> search) {
        int chances = search.karmaFirst() ? KARMA_CHANCES : 1;
        return Optional.ofNullable(works.get(search.work()))
                .flatMap(index -> index.draw(search.fits(), chances, random))
                .map(seat -> seat.node);
    }

    private boolean isStickyFor(RoutedNode<T> node, Search<T> search) {
        Optional<Seat<T>> seat = Optional.ofNullable(node.seats.get(search.work()));
        int spare = node.capacity() - node.running;
        return seat.isPresent()
                && seat.get().level != Seat.NOWHERE
                && 100L * spare >= (long) rules.sticky().sparePercent() * node.capacity()
                && search.fits().test(node.link());
    }

    /// A job ended.
    ///
    /// @param work what it was
    public void ended(RoutedNode<T> node, String work, Ending ending) {
        ended(node, work, ending, 1);
    }

    /// A job ended that was taken without a place.
    public void endedWithoutPlace(RoutedNode<T> node, String work, Ending ending) {
        ended(node, work, ending, 0);
    }

    private void ended(RoutedNode<T> node, String work, Ending ending, int places) {
        var _ =
                locked(now -> {
                    node.running -= places;
                    Standing standing = node.standing();
                    Breaker breaker = standing.breaker();
                    switch (ending.kind()) {
                        case SUCCESS -> {
                            standing.health().add(Health.Event.SUCCESS, now);
                            breaker.succeeded(now);
                        }
                        case FAILURE -> {
                            standing.health().add(Health.Event.FAILURE, now);
                            failed(node, now);
                        }
                        case PROBE_PASSED -> {
                            standing.health().add(Health.Event.PROBE_PASSED, now);
                            breaker.succeeded(now);
                        }
                        case PROBE_FAILED -> {
                            standing.health().add(Health.Event.PROBE_FAILED, now);
                            failed(node, now);
                        }
                        case NEUTRAL -> {
                            standing.health().add(Health.Event.NEUTRAL, now);
                            breaker.neutral(now);
                        }
                        case REFUSED -> {
                            standing.health().add(Health.Event.NEUTRAL, now);
                            breaker.neutral(now);
                            node.refusedUntil = now.plus(rules.breaker().refused());
                        }
                        case NEVER_OFFERED -> breaker.neutral(now);
                    }
                    if (node.seats.containsKey(work)) {
                        standing.speed(work).answered(ending.tokens(), ending.writing(), now);
                    }
                    place(node, now);
                    return node;
                });
    }

    /// However many jobs a lost connection takes along, it is one hiccup to the breaker.
    private static <T> void failed(RoutedNode<T> node, Instant now) {
        if (node.lost) {
            node.standing().breaker().neutral(now);
        } else {
            node.standing().breaker().failed(now);
        }
        node.lost = node.away;
    }

    /// A probe of ours was answered, well or not; beside what [#ended] counts.
    public void probed(RoutedNode<T> node, boolean passed) {
        var _ =
                locked(now -> {
                    node.standing()
                            .health()
                            .add(
                                    passed ? Health.Event.PROBE_PASSED : Health.Event.PROBE_FAILED,
                                    now);
                    place(node, now);
                    return node;
                });
    }

    /// Looks at a node again, because an older connection of the machine changed what it earned.
    public void look(RoutedNode<T> node) {
        var _ =
                locked(now -> {
                    place(node, now);
                    return node;
                });
    }

    /// How many jobs have a place on a node. May be asked while a node is chosen, so nobody wakes.
    public int running(RoutedNode<T> node) {
        lock.lock();
        try {
            return node.running;
        } finally {
            lock.unlock();
        }
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

    /// Whether a node could get a job now.
    public Verdict explain(RoutedNode<T> node, String work) {
        return locked(now -> verdict(node, work, now));
    }

    /// The last choices for a kind of work, newest first.
    public List<Decision> decisions(String work) {
        return locked(_ -> decisions.of(work));
    }

    /// The choice for a job, if it is remembered.
    public Optional<Decision> decision(String jobId) {
        return locked(_ -> decisions.find(jobId));
    }

    /// What a machine has earned.
    public Earned earned(Standing standing) {
        return locked(now ->
                new Earned(
                        standing.ramp(),
                        standing.online(),
                        standing.health().score(now),
                        standing.karma(),
                        standing.health().days(now)));
    }

    /// How many jobs a node may run at once.
    public int capacity(RoutedNode<T> node) {
        return locked(_ -> node.capacity());
    }

    /// What is known of the speed of a node at a kind of work.
    public Optional<Speed.Known> speed(RoutedNode<T> node, String work) {
        return locked(
                _ -> Optional.ofNullable(node.seats.get(work)).flatMap(seat -> seat.speed.known()));
    }

    private Verdict verdict(RoutedNode<T> node, String work, Instant now) {
        if (node.away) {
            return new Verdict.Away();
        }
        Optional<Seat<T>> seat = Optional.ofNullable(node.seats.get(work));
        if (seat.isEmpty()) {
            return new Verdict.NotServed();
        }
        Optional<Verdict> bar = bar(node, now);
        if (bar.isPresent()) {
            return bar.get();
        }
        Speed speed = seat.get().speed;
        if (!speed.isFastEnough(now)) {
            return new Verdict.TooSlow(speed.tokensPerSecond(), speed.slowUntil());
        }
        int capacity = node.capacity();
        if (node.running >= capacity) {
            return new Verdict.Full(node.running, capacity);
        }
        Standing standing = node.standing();
        double score = standing.health().score(now);
        return new Verdict.Eligible(
                node.running,
                capacity,
                standing.ramp(),
                score,
                standing.karma(),
                weight(standing, score));
    }

    /// What keeps a node from every job.
    private static <T> Optional<Verdict> bar(RoutedNode<T> node, Instant now) {
        Breaker breaker = node.standing().breaker();
        return switch (breaker.state(now)) {
            case PARKED -> Optional.of(new Verdict.Parked(breaker.parkedUntil()));
            case PROBING -> Optional.of(new Verdict.Probing());
            case CLOSED, HALF_OPEN ->
                    now.isBefore(node.refusedUntil)
                            ? Optional.of(new Verdict.Refused(node.refusedUntil))
                            : Optional.empty();
        };
    }

    private static long weight(Standing standing, double score) {
        return Math.max(1, Math.round(WEIGHT_SCALE * score * standing.karma() * standing.ramp()));
    }

    /// Puts a node where it belongs in the index of each kind of work it does.
    private void place(RoutedNode<T> node, Instant now) {
        Standing standing = node.standing();
        Optional<Verdict> bar = bar(node, now);
        int capacity = node.capacity();
        boolean open = !node.away && bar.isEmpty() && node.running < capacity;
        long weight = open ? weight(standing, standing.health().score(now)) : 0;
        int level = open ? ModelIndex.level(node.running, capacity) : Seat.NOWHERE;
        Instant next = node.away ? Instant.MAX : bar.map(Router::end).orElse(Instant.MAX);
        for (Map.Entry<String, Seat<T>> entry : node.seats.entrySet()) {
            Seat<T> seat = entry.getValue();
            boolean fast = seat.speed.isFastEnough(now);
            if (!fast && seat.speed.slowUntil().isBefore(next)) {
                next = seat.speed.slowUntil();
            }
            Optional.ofNullable(works.get(entry.getKey()))
                    .ifPresent(index -> {
                        if (open && fast) {
                            index.put(seat, level, weight);
                        } else {
                            index.put(seat, Seat.NOWHERE, 0);
                        }
                    });
        }
        if (next.isBefore(node.wakeAt)) {
            node.wakeAt = next;
            wakes.add(new Wake<>(next, node));
        }
    }

    /// When a bar falls by itself.
    private static Instant end(Verdict bar) {
        return switch (bar) {
            case Verdict.Parked(Instant until) -> until;
            case Verdict.Refused(Instant until) -> until;
            default -> Instant.MAX;
        };
    }
}
