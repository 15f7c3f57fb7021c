package me.owlrun.gateway.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.gateway.routing.Router;
import me.owlrun.gateway.routing.RoutingRules;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/// Jobs that are given away never cost a paid job its place, whatever comes in which order.
final class FreeLaneTest {

    private static final String MODEL = "m";
    private static final Want PAID = Want.paid(MODEL, Task.CHAT);
    private static final Want FREE = new Want(MODEL, Task.CHAT, Lane.FREE, Optional.empty());
    private static final int STEPS = 4_000;

    /// Everybody has all of its rate at once.
    private static final RoutingRules RULES =
            new RoutingRules(
                    RoutingRules.STANDARD.breaker(),
                    RoutingRules.STANDARD.health(),
                    new RoutingRules.RampRules(100, Duration.ofDays(7)),
                    RoutingRules.STANDARD.speed(),
                    RoutingRules.STANDARD.sticky());

    /// A node that is always there.
    private record Node(NodeIdentity identity, int capacity, int freeTierPct) implements NodeLink {

        @Override
        public boolean serves(String model) {
            return true;
        }

        @Override
        public boolean does(Task task) {
            return true;
        }

        @Override
        public Set<String> models() {
            return Set.of(MODEL);
        }

        @Override
        public NodeVitals vitals() {
            return NodeVitals.UNKNOWN;
        }

        @Override
        public Optional<String> maintenance() {
            return Optional.empty();
        }

        @Override
        public boolean takesJobs() {
            return true;
        }

        @Override
        public boolean offer(Job job) {
            return true;
        }

        @Override
        public void cancel(String jobId) {}

        @Override
        public void complete(JobReceipt receipt) {}

        @Override
        public void drain() {}

        @Override
        public void displaced() {}
    }

    /// Gives wherever a place is idle.
    private static final class Giving implements FreeRoom {
        private Duration used = Duration.ZERO;
        private int count;

        @Override
        public boolean admits(NodeLink node, int running, int given) {
            return node.freeTierPct() > 0 && running < node.capacity();
        }

        @Override
        public void used(NodeLink node, Duration held) {
            used = used.plus(held);
            count++;
        }
    }

    /// A job under way.
    private record Run(NodePool.Slot slot, Job job, boolean paid) {

        /// Takes note of what its buyer's thread would see.
        boolean isEvicted() throws InterruptedException {
            return job.next(Duration.ZERO).filter(JobEvent.Evicted.class::isInstance).isPresent();
        }
    }

    private static final class World {
        private final Giving giving = new Giving();
        private final NodePool pool;
        private final JobBoard board = new JobBoard("t", new SecureRandom());
        private final List<Node> nodes = new ArrayList<>();
        private final List<Run> runs = new ArrayList<>();

        private World(Random random, int count) {
            pool =
                    new NodePool(
                            new Router<>(RULES, random, Clock.systemUTC()),
                            Standings.forgetful(RULES));
            pool.give(giving);
            for (int i = 0; i < count; i++) {
                Node node =
                        new Node(
                                new NodeIdentity(i, "n" + i),
                                1 + random.nextInt(4),
                                random.nextInt(3) * 50);
                nodes.add(node);
                pool.join(node);
            }
        }

        private long on(Node node, boolean paid) {
            return runs.stream()
                    .filter(run -> run.slot.node().equals(node) && run.paid == paid)
                    .count();
        }

        private Optional<Run> begin(Want want) {
            return pool.reserve(want, Set.of())
                    .map(slot -> {
                        Job job = board.open(slot.node(), want, new byte[0]);
                        slot.carries(job);
                        Run run = new Run(slot, job, want.lane() == Lane.PAID);
                        runs.add(run);
                        return run;
                    });
        }

        private void end(Run run) {
            runs.remove(run);
            board.close(run.job);
            run.slot.close();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void paidJob_findsAPlace_asIfNothingWereGivenAway(long seed) throws InterruptedException {
        Random random = new Random(seed);
        World world = new World(random, 4);
        List<Run> leaving = new ArrayList<>();
        int evictions = 0;
        for (int step = 0; step < STEPS; step++) {
            int action = random.nextInt(10);
            if (action < 4) {
                boolean room =
                        world.nodes.stream()
                                .anyMatch(node -> world.on(node, true) < node.capacity());
                assertEquals(room, world.begin(PAID).isPresent(), "step " + step);
            } else if (action < 7) {
                var _ = world.begin(FREE);
            } else if (action < 9 && !world.runs.isEmpty()) {
                Run over = world.runs.get(random.nextInt(world.runs.size()));
                leaving.remove(over);
                world.end(over);
            } else if (!leaving.isEmpty()) {
                world.end(leaving.removeFirst());
            }
            for (Run run : world.runs) {
                if (run.isEvicted()) {
                    assertFalse(run.paid);
                    leaving.add(run);
                    evictions++;
                }
            }
            for (Node node : world.nodes) {
                long stay =
                        world.on(node, true)
                                + world.on(node, false)
                                - leaving.stream()
                                        .filter(run -> run.slot.node().equals(node))
                                        .count();
                assertTrue(stay <= node.capacity(), "step " + step + " " + node);
            }
        }
        assertTrue(evictions > 20, "evictions " + evictions);
    }

    @Test
    void freeJob_thatIsOver_isCountedOnce_andOneThatHasNoJobYetLeavesWhenItGetsOne()
            throws InterruptedException {
        World world = new World(new Random(7), 0);
        Node node = new Node(new NodeIdentity(1, "n"), 1, 10);
        world.pool.join(node);
        NodePool.Slot free = world.pool.reserve(FREE, Set.of()).orElseThrow();
        assertTrue(world.pool.reserve(FREE, Set.of()).isEmpty());
        NodePool.Slot paid = world.pool.reserve(PAID, Set.of()).orElseThrow();
        assertTrue(world.pool.reserve(PAID, Set.of()).isEmpty());
        Job late = world.board.open(node, FREE, new byte[0]);
        free.carries(late);
        assertTrue(new Run(free, late, false).isEvicted());
        assertTrue(late.isFree());
        free.close();
        free.close();
        assertEquals(1, world.giving.count);
        assertFalse(world.giving.used.isNegative());
        paid.close();
        assertEquals(1, world.giving.count);
        assertEquals(0, world.pool.runningOn(node));
        assertTrue(world.pool.anyTaking(each -> each.freeTierPct() == 10));
        assertFalse(world.pool.anyTaking(each -> each.freeTierPct() == 11));
    }
}
