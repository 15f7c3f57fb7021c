package me.owlrun.gateway.job;

import me.owlrun.gateway.market.Candidate;
import me.owlrun.gateway.market.Pick;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;

/// The nodes connected to this gateway and how many jobs each one runs. A slot is taken before a
/// buyer's money is touched and given back when the job is over.
public final class NodePool {

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<NodeIdentity, Seat> seats = new HashMap<>();
    private final Pick pick;
    private volatile Function<NodeIdentity, Optional<String>> resting = node -> Optional.empty();

    private volatile FreeRoom freeRoom = FreeRoom.NONE;

    /// One connected node.
    private static final class Seat {
        private final NodeLink node;
        private final Deque<Slot> given = new ArrayDeque<>();
        private int running;

        private Seat(NodeLink node) {
            this.node = node;
        }
    }

    /// @param pick chooses among nodes
    public NodePool(Pick pick) {
        this.pick = pick;
    }

    /// Gives no jobs to some nodes.
    ///
    /// @param resting what a node is told that it is when it gets no jobs; asked often
    public void rest(Function<NodeIdentity, Optional<String>> resting) {
        this.resting = resting;
    }

    /// Lets nodes give jobs away.
    ///
    /// @param room says where there is room for them
    public void give(FreeRoom room) {
        freeRoom = room;
    }

    /// What a node is told that it is, when it gets no jobs because the operator says so.
    public Optional<String> restOf(NodeIdentity node) {
        return resting.apply(node);
    }

    private boolean isAwake(NodeLink node) {
        return node.takesJobs() && resting.apply(node.identity()).isEmpty();
    }

    /// How many jobs a node runs.
    public int runningOn(NodeLink node) {
        lock.lock();
        try {
            return Optional.ofNullable(seats.get(node.identity())).map(s -> s.running).orElse(0);
        } finally {
            lock.unlock();
        }
    }

    /// A place for one job on one node, held until it is closed.
    public final class Slot implements AutoCloseable {

        private final Seat seat;
        private final long sinceNanos = System.nanoTime();
        private boolean open = true;
        private boolean leaving;
        private Optional<Job> carried = Optional.empty();

        private Slot(Seat seat) {
            this.seat = seat;
        }

        /// Takes note of the job that has the place, in case that the place is needed.
        public void carries(Job job) {
            lock.lock();
            try {
                carried = Optional.of(job);
                tellIfLeaving();
            } finally {
                lock.unlock();
            }
        }

        private void evict() {
            leaving = true;
            tellIfLeaving();
        }

        private void tellIfLeaving() {
            if (leaving) {
                carried.ifPresent(job -> job.putUrgently(new JobEvent.Evicted()));
            }
        }

        /// The node.
        public NodeLink node() {
            return seat.node;
        }

        /// Gives the place back; a second time does nothing.
        @Override
        public void close() {
            lock.lock();
            try {
                if (open) {
                    open = false;
                    seat.running--;
                    if (seat.given.remove(this)) {
                        freeRoom.used(seat.node, Duration.ofNanos(System.nanoTime() - sinceNanos));
                    }
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /// Lets a node in; a connection that it had before is displaced.
    public void join(NodeLink node) {
        Optional<Seat> before;
        lock.lock();
        try {
            before = Optional.ofNullable(seats.put(node.identity(), new Seat(node)));
        } finally {
            lock.unlock();
        }
        before.ifPresent(seat -> seat.node.displaced());
    }

    /// Takes a connection out; a newer one of the same node stays.
    public void leave(NodeLink node) {
        lock.lock();
        try {
            seats.computeIfPresent(
                    node.identity(), (identity, seat) -> seat.node.equals(node) ? null : seat);
        } finally {
            lock.unlock();
        }
    }

    /// Takes a place on the best node for a job. A job that is given away takes only a place that
    /// nobody pays for, and loses it to one that is paid.
    ///
    /// @param excluded nodes that had their chance
    public Optional<Slot> reserve(Want want, Set<NodeLink> excluded) {
        Optional<Slot> taken = choose(want, excluded);
        if (want.lane() == Lane.PAID) {
            taken.ifPresent(slot -> makeRoom(slot.seat));
        }
        return taken;
    }

    private Optional<Slot> choose(Want want, Set<NodeLink> excluded) {
        lock.lock();
        try {
            List<Candidate<Seat>> candidates = new ArrayList<>();
            for (Seat seat : seats.values()) {
                NodeLink node = seat.node;
                boolean fits = node.serves(want.model()) && node.does(want.task());
                if (fits && !excluded.contains(node) && isAwake(node) && isOpen(want, seat)) {
                    candidates.add(new Candidate<>(seat, load(want, seat), node.capacity()));
                }
            }
            return pick.choose(candidates).map(seat -> take(want, seat));
        } finally {
            lock.unlock();
        }
    }

    private boolean isOpen(Want want, Seat seat) {
        return want.lane() != Lane.FREE
                || freeRoom.admits(seat.node, seat.running, seat.given.size());
    }

    /// How busy a node is for a job: what it gives away does not count for those who pay.
    private static int load(Want want, Seat seat) {
        return want.lane() == Lane.PAID ? seat.running - seat.given.size() : seat.running;
    }

    /// Ends the youngest job that is given away where more run now than the node has room for.
    private void makeRoom(Seat seat) {
        lock.lock();
        try {
            long leaving = seat.given.stream().filter(slot -> slot.leaving).count();
            if (seat.running - leaving > seat.node.capacity()) {
                seat.given.reversed().stream()
                        .filter(slot -> !slot.leaving)
                        .findFirst()
                        .ifPresent(Slot::evict);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Why no place was found.
    public enum Lack {
        /// No node serves the model.
        MODEL,
        /// Those that serve it cannot do this kind of work.
        TASK,
        /// Those that could are at work.
        ROOM
    }

    /// Why there is no place for a job.
    public Lack lack(Want want) {
        List<NodeLink> serving =
                all().stream()
                        .filter(node -> node.serves(want.model()))
                        .filter(this::isAwake)
                        .toList();
        if (serving.isEmpty()) {
            return Lack.MODEL;
        }
        return serving.stream().anyMatch(node -> node.does(want.task())) ? Lack.ROOM : Lack.TASK;
    }

    private Slot take(Want want, Seat seat) {
        Slot slot = new Slot(seat);
        seat.running++;
        if (want.lane() == Lane.FREE) {
            seat.given.add(slot);
        }
        return slot;
    }

    /// The connection of a node.
    public Optional<NodeLink> find(NodeIdentity identity) {
        lock.lock();
        try {
            return Optional.ofNullable(seats.get(identity)).map(seat -> seat.node);
        } finally {
            lock.unlock();
        }
    }

    /// Everybody who is connected.
    public List<NodeLink> all() {
        lock.lock();
        try {
            return seats.values().stream().map(seat -> seat.node).toList();
        } finally {
            lock.unlock();
        }
    }

    /// Whether a node that takes jobs is of a kind.
    public boolean anyTaking(Predicate<NodeLink> kind) {
        return all().stream().anyMatch(node -> kind.test(node) && isAwake(node));
    }

    /// How many nodes take jobs now.
    public int countTakingJobs() {
        return (int) all().stream().filter(this::isAwake).count();
    }

    /// How many nodes that take jobs serve each model.
    public Map<String, Integer> nodesByModel() {
        Map<String, Integer> counts = new HashMap<>();
        for (NodeLink node : all()) {
            if (isAwake(node)) {
                node.models().forEach(model -> counts.merge(model, 1, Integer::sum));
            }
        }
        return counts;
    }
}
