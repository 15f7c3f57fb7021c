package me.owlrun.gateway.routing;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.Set;

/// A market in virtual time: machines that come and go, jobs that arrive at random, the real
/// [Router] between them. Everything follows from the seed.
public final class Market {

    private static final int ATTEMPTS_MAX = 3;
    private static final double MEAN_TOKENS = 200;
    private static final Duration TICK = Duration.ofMinutes(10);
    private static final double NANOS = 1e9;

    private final Instant start = Instant.parse("2026-01-01T00:00:00Z");
    private final Random random;
    private final Router<Machine> router;
    private final Queue<Event> events = new PriorityQueue<>();
    private final List<Machine> machines = new ArrayList<>();
    private final Map<String, Duration> meanGaps = new HashMap<>();
    private Instant now = start;
    private long sequence;
    private long unserved;
    private long served;

    /// Something that happens; ties go by the order in which they were made.
    private record Event(Instant at, long sequence, Runnable action) implements Comparable<Event> {

        @Override
        public int compareTo(Event other) {
            int order = at.compareTo(other.at);
            return order != 0 ? order : Long.compare(sequence, other.sequence);
        }
    }

    /// What a machine is like.
    ///
    /// @param capacity jobs at once
    /// @param tokensPerSecond for each of them
    /// @param failing the chance that a job fails
    /// @param meanOn how long it is there at a time; as good as for ever when very long
    /// @param meanOff how long it is away then
    public record Kind(
            String model,
            int capacity,
            double tokensPerSecond,
            double failing,
            Duration meanOn,
            Duration meanOff) {

        /// There all the time, without a fault.
        public static Kind steady(String model, int capacity, double tokensPerSecond) {
            return new Kind(
                    model,
                    capacity,
                    tokensPerSecond,
                    0,
                    Duration.ofDays(100_000),
                    Duration.ofHours(1));
        }

        Kind of(String other) {
            return new Kind(other, capacity, tokensPerSecond, failing, meanOn, meanOff);
        }

        Kind failing(double chance) {
            return new Kind(model, capacity, tokensPerSecond, chance, meanOn, meanOff);
        }

        Kind churning(Duration on, Duration off) {
            return new Kind(model, capacity, tokensPerSecond, failing, on, off);
        }
    }

    /// One machine and what became of it.
    public static final class Machine {

        final String name;
        Kind kind;
        final Standing standing;
        Optional<RoutedNode<Machine>> node = Optional.empty();
        Duration online = Duration.ZERO;
        long offered;
        long done;
        long doneToday;
        final List<Long> doneByDay = new ArrayList<>();

        private Machine(String name, Kind kind, Standing standing) {
            this.name = name;
            this.kind = kind;
            this.standing = standing;
        }

        /// Jobs it did.
        public long done() {
            return done;
        }

        @Override
        public String toString() {
            return "%s: %d done of %d in %d h".formatted(name, done, offered, online.toHours());
        }
    }

    /// @param seed everything follows from it
    public Market(long seed) {
        random = new Random(seed);
        router = new Router<>(RoutingRules.STANDARD, new Random(seed + 1), () -> now);
        after(TICK, this::tick);
        after(Duration.ofDays(1), this::endOfDay);
    }

    List<Machine> machines() {
        return machines;
    }

    public long served() {
        return served;
    }

    long unserved() {
        return unserved;
    }

    private void after(Duration time, Runnable action) {
        events.add(new Event(now.plus(time), sequence++, action));
    }

    private Duration exponential(Duration mean) {
        double factor = -Math.log(1 - random.nextDouble());
        return Duration.ofNanos((long) Math.min(mean.toNanos() * factor, 9e18));
    }

    /// A machine joins.
    ///
    /// @param before how long it was online before, which counts for ramp-up
    Machine join(String name, Kind kind, Duration before) {
        return join(name, kind, before, List.of());
    }

    /// A machine joins of which more is known.
    ///
    /// @param days its health window
    public Machine join(String name, Kind kind, Duration before, List<Health.Day> days) {
        Machine machine =
                new Machine(name, kind, new Standing(RoutingRules.STANDARD, days, before));
        machines.add(machine);
        turnOn(machine);
        return machine;
    }

    private void turnOn(Machine machine) {
        machine.node =
                Optional.of(
                        router.join(
                                machine,
                                Set.of(machine.kind.model()),
                                machine.kind.capacity(),
                                machine.standing));
        after(exponential(machine.kind.meanOn()), () -> turnOff(machine));
    }

    /// Its jobs end, as those of a node that drains.
    private void turnOff(Machine machine) {
        machine.node.ifPresent(router::leave);
        machine.node = Optional.empty();
        after(exponential(machine.kind.meanOff()), () -> turnOn(machine));
    }

    /// Jobs of a model arrive from now on, at random.
    public void demand(String model, Duration meanGap) {
        meanGaps.put(model, meanGap);
        after(exponential(meanGap), () -> arriveAndGoOn(model));
    }

    private void arriveAndGoOn(String model) {
        arrive(model, new HashSet<>());
        after(
                exponential(meanGaps.getOrDefault(model, Duration.ofDays(1))),
                () -> arriveAndGoOn(model));
    }

    /// Demand for a model changes.
    void shift(String model, Duration meanGap) {
        meanGaps.put(model, meanGap);
    }

    /// Something is done by the clock: a hook for whatever moves machines, such as bounties.
    void every(Duration time, Runnable action) {
        after(
                time,
                () -> {
                    action.run();
                    every(time, action);
                });
    }

    /// A machine serves another model from now on.
    void move(Machine machine, String model) {
        machine.kind = machine.kind.of(model);
        machine.node.ifPresent(node -> router.serve(node, Set.of(model), machine.kind.capacity()));
    }

    private void arrive(String model, Set<Machine> tried) {
        Optional<RoutedNode<Machine>> taken =
                router.take(
                                new Search<>(
                                        model,
                                        machine -> !tried.contains(machine),
                                        false,
                                        Optional.empty()))
                        .map(Router.Taken::node);
        if (taken.isEmpty()) {
            unserved++;
            return;
        }
        RoutedNode<Machine> node = taken.get();
        Machine machine = node.link();
        machine.offered++;
        if (random.nextDouble() < machine.kind.failing()) {
            after(
                    Duration.ofMillis(500),
                    () -> {
                        router.ended(node, model, Ending.of(Ending.Kind.FAILURE));
                        tried.add(machine);
                        if (tried.size() < ATTEMPTS_MAX) {
                            arrive(model, tried);
                        } else {
                            unserved++;
                        }
                    });
            return;
        }
        long tokens = 1 + (long) (-Math.log(1 - random.nextDouble()) * MEAN_TOKENS);
        Duration time = Duration.ofNanos((long) (tokens / machine.kind.tokensPerSecond() * NANOS));
        after(
                time,
                () -> {
                    router.ended(node, model, new Ending(Ending.Kind.SUCCESS, tokens, time));
                    machine.done++;
                    machine.doneToday++;
                    served++;
                });
    }

    private void tick() {
        for (Machine machine : machines) {
            machine.node.ifPresent(node -> {
                router.online(node, TICK);
                machine.online = machine.online.plus(TICK);
            });
        }
        after(TICK, this::tick);
    }

    private void endOfDay() {
        for (Machine machine : machines) {
            machine.doneByDay.add(machine.doneToday);
            machine.doneToday = 0;
        }
        after(Duration.ofDays(1), this::endOfDay);
    }

    /// Lets time pass.
    public void run(Duration time) {
        Instant end = now.plus(time);
        while (!events.element().at.isAfter(end)) {
            Event event = events.remove();
            now = event.at;
            event.action.run();
        }
        now = end;
    }
}
