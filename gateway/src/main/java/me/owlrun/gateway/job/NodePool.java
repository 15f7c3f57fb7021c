package me.owlrun.gateway.job;

import me.owlrun.gateway.routing.Decision;
import me.owlrun.gateway.routing.Earned;
import me.owlrun.gateway.routing.Ending;
import me.owlrun.gateway.routing.RoutedNode;
import me.owlrun.gateway.routing.Router;
import me.owlrun.gateway.routing.Search;
import me.owlrun.gateway.routing.Speed;
import me.owlrun.gateway.routing.Standing;
import me.owlrun.gateway.routing.Verdict;

import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongToDoubleFunction;
import java.util.function.Predicate;

/// The nodes connected to this gateway and how many jobs each one runs. A slot is taken before a
/// buyer's money is touched and given back when the job is over. Who gets it, the [Router] decides.
public final class NodePool {

    private final Map<NodeIdentity, Seat> seats = new ConcurrentHashMap<>();
    private final Router<NodeLink> router;
    private final Standings standings;
    private volatile Function<NodeIdentity, Optional<String>> resting = node -> Optional.empty();
    private volatile FreeRoom freeRoom = FreeRoom.NONE;

    /// One job at a time is given away, so that no node gives more than it wants to.
    private final ReentrantLock giving = new ReentrantLock();

    private volatile LongToDoubleFunction karma = provider -> 1;

    /// One connected node.
    ///
    /// @param gifts the places of jobs that it gives away
    private record Seat(NodeLink node, RoutedNode<NodeLink> routed, Gifts gifts) {}

    /// @param router chooses among nodes
    /// @param standings what machines have earned
    public NodePool(Router<NodeLink> router, Standings standings) {
        this.router = router;
        this.standings = standings;
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

    /// Favours providers.
    ///
    /// @param karma the factor of a provider's lots, 1 for none; asked by the clock and when a node
    ///   joins
    public void karma(LongToDoubleFunction karma) {
        this.karma = karma;
    }

    /// What a node is told that it is, when it gets no jobs because the operator says so.
    public Optional<String> restOf(NodeIdentity node) {
        return resting.apply(node);
    }

    private boolean isAwake(NodeLink node) {
        return node.takesJobs() && restOf(node.identity()).isEmpty();
    }

    private Optional<Seat> seat(NodeIdentity identity) {
        return Optional.ofNullable(seats.get(identity));
    }

    private Optional<Seat> seat(NodeLink node) {
        return seat(node.identity()).filter(seat -> seat.node.equals(node));
    }

    /// How many jobs a node runs.
    public int runningOn(NodeLink node) {
        return seat(node).map(this::running).orElse(0);
    }

    private int running(Seat seat) {
        return router.running(seat.routed) + seat.gifts.count();
    }

    /// A place for one job on one node, held until it is closed.
    public final class Slot implements AutoCloseable {

        private final RoutedNode<NodeLink> routed;
        private final Want want;
        private final Optional<Decision> decision;
        private final Optional<Gifts.Gift> gift;
        private final AtomicBoolean open = new AtomicBoolean(true);
        private volatile Ending ending = Ending.of(Ending.Kind.NEVER_OFFERED);

        private Slot(
                RoutedNode<NodeLink> routed,
                Want want,
                Optional<Decision> decision,
                Optional<Gifts.Gift> gift) {
            this.routed = routed;
            this.want = want;
            this.decision = decision;
            this.gift = gift;
        }

        /// Takes note of the job that has the place, in case that the place is needed.
        public void carries(Job job) {
            gift.ifPresent(given -> given.carries(job));
        }

        /// The node.
        public NodeLink node() {
            return routed.link();
        }

        /// The node is offered a job of this name.
        public void offered(String jobId) {
            decision.ifPresent(made -> made.named(jobId));
        }

        /// What came of it; counted when the place is given back.
        public void ended(Attempt attempt) {
            ending = NodePool.ending(attempt);
        }

        /// Gives the place back; a second time does nothing.
        @Override
        public void close() {
            if (open.compareAndSet(true, false)) {
                Optional<Duration> held = gift.map(Gifts.Gift::end);
                if (want.lane() == Lane.FREE) {
                    held.ifPresent(time -> freeRoom.used(routed.link(), time));
                }
                giveBack(routed, want.work(), ending, gift.isPresent());
            }
        }
    }

    /// Silence is a failure, whenever it comes; a plain no is not.
    private static Ending ending(Attempt attempt) {
        if (attempt.want().lane() == Lane.PROBE) {
            return endingOfProbe(attempt);
        }
        return switch (attempt.ending()) {
            case ANSWERED -> new Ending(Ending.Kind.SUCCESS, attempt.tokens(), attempt.writing());
            case NOT_TAKEN, FAILED, SILENT -> Ending.of(Ending.Kind.FAILURE);
            case REFUSED -> Ending.of(Ending.Kind.REFUSED);
            case NEUTRAL -> Ending.of(Ending.Kind.NEUTRAL);
        };
    }

    /// A job of the house weighs less in the score, and as much to the breaker and for speed.
    private static Ending endingOfProbe(Attempt attempt) {
        return switch (attempt.ending()) {
            case ANSWERED ->
                    new Ending(Ending.Kind.PROBE_PASSED, attempt.tokens(), attempt.writing());
            case NOT_TAKEN, FAILED, SILENT -> Ending.of(Ending.Kind.PROBE_FAILED);
            case REFUSED -> Ending.of(Ending.Kind.REFUSED);
            case NEUTRAL -> Ending.of(Ending.Kind.NEUTRAL);
        };
    }

    private void giveBack(RoutedNode<NodeLink> routed, String work, Ending ending, boolean given) {
        if (given) {
            router.endedWithoutPlace(routed, work, ending);
        } else {
            router.ended(routed, work, ending);
        }
        NodeIdentity identity = routed.link().identity();
        standings.ended(
                identity,
                work,
                ending.kind(),
                ending.tokens() > 0 ? router.speed(routed, work) : Optional.empty());
        seat(identity)
                .filter(seat -> seat.routed != routed)
                .ifPresent(newer -> router.look(newer.routed));
    }

    /// Reads what a machine has earned before it joins; throws when that cannot be read.
    public void expect(NodeIdentity node) {
        var _ = standings.of(node);
    }

    private static Set<String> works(NodeLink node) {
        Set<String> works = new HashSet<>();
        for (Task task : EnumSet.allOf(Task.class)) {
            if (node.does(task)) {
                node.models().forEach(model -> works.add(Want.work(task, model)));
            }
        }
        return works;
    }

    /// Lets a node in; a connection that it had before is displaced.
    public void join(NodeLink node) {
        Standing standing = standings.of(node.identity());
        RoutedNode<NodeLink> routed = router.join(node, works(node), node.capacity(), standing);
        router.karma(routed, karma.applyAsDouble(node.identity().providerId()));
        Optional.ofNullable(seats.put(node.identity(), new Seat(node, routed, new Gifts())))
                .ifPresent(before -> {
                    router.leave(before.routed);
                    before.node.displaced();
                });
    }

    /// Takes note that a node offers other models, or room for more jobs.
    public void changed(NodeLink node) {
        seat(node).ifPresent(seat -> router.serve(seat.routed, works(node), node.capacity()));
    }

    /// Takes a connection out; a newer one of the same node stays.
    public void leave(NodeLink node) {
        seat(node)
                .filter(seat -> seats.remove(node.identity(), seat))
                .ifPresent(seat -> router.leave(seat.routed));
    }

    /// Takes a place on the best node for a job. A job that is given away takes only a place that
    /// nobody pays for, and loses it to one that is paid.
    ///
    /// @param excluded nodes that had their chance
    public Optional<Slot> reserve(Want want, Set<NodeLink> excluded) {
        Optional<Slot> taken =
                want.lane() == Lane.FREE ? chooseGift(want, excluded) : choose(want, excluded);
        // Also after a gift: who pays may have come between its choice and its entry.
        taken.flatMap(slot -> seat(slot.node())).ifPresent(this::makeRoom);
        return taken;
    }

    private Optional<Slot> chooseGift(Want want, Set<NodeLink> excluded) {
        giving.lock();
        try {
            // Lots are drawn under the router's lock, so not in vain when all givers are busy.
            return seats.values().stream().anyMatch(seat -> givesNow(seat, want, excluded))
                    ? choose(want, excluded)
                    : Optional.empty();
        } finally {
            giving.unlock();
        }
    }

    /// Ends the youngest job that is given away where more run now than the node has room for.
    private void makeRoom(Seat seat) {
        seat.gifts.fit(seat.node.capacity() - router.running(seat.routed));
    }

    private Optional<Slot> choose(Want want, Set<NodeLink> excluded) {
        Set<NodeLink> left = new HashSet<>(excluded);
        while (true) {
            Optional<Router.Taken<NodeLink>> taken = router.take(search(want, left));
            if (taken.isEmpty()) {
                return Optional.empty();
            }
            RoutedNode<NodeLink> routed = taken.get().node();
            // Asked outside the router's lock, because it may look into the database.
            if (restOf(routed.link().identity()).isEmpty()) {
                return Optional.of(
                        new Slot(
                                routed,
                                want,
                                Optional.of(taken.get().decision()),
                                gift(want, routed)));
            }
            giveBack(
                    routed,
                    want.work(),
                    Ending.of(Ending.Kind.NEVER_OFFERED),
                    want.lane() == Lane.FREE);
            left.add(routed.link());
        }
    }

    private Optional<Gifts.Gift> gift(Want want, RoutedNode<NodeLink> routed) {
        return want.lane() == Lane.FREE
                ? seat(routed.link())
                        .map(seat -> seat.gifts.add())
                        .or(() -> Optional.of(new Gifts().add()))
                : Optional.empty();
    }

    private boolean givesNow(Seat seat, Want want, Set<NodeLink> excluded) {
        return seat.node.freeTierPct() > 0
                && seat.node.serves(want.model())
                && seat.node.does(want.task())
                && !excluded.contains(seat.node)
                && gives(seat.node);
    }

    /// Whether a node gives away one more job.
    private boolean gives(NodeLink node) {
        return seat(node)
                .filter(seat -> freeRoom.admits(node, running(seat), seat.gifts.count()))
                .isPresent();
    }

    private Search<NodeLink> search(Want want, Set<NodeLink> left) {
        boolean free = want.lane() == Lane.FREE;
        return new Search<>(
                want.work(),
                node -> !left.contains(node) && node.takesJobs() && (!free || gives(node)),
                !free,
                want.lane() != Lane.PAID,
                want.prefix());
    }

    /// Has one certain node do a job of the house, be it too slow for buyers: where it has room,
    /// and only until somebody who pays needs the place.
    public Optional<Slot> reserveOn(NodeIdentity identity, Want want) {
        giving.lock();
        try {
            Optional<Slot> taken =
                    seat(identity)
                            .filter(seat -> isAwake(seat.node))
                            .filter(seat -> running(seat) < seat.node.capacity())
                            .filter(seat -> router.takeOn(seat.routed, want.work()))
                            .map(seat ->
                                    new Slot(
                                            seat.routed,
                                            want,
                                            Optional.empty(),
                                            Optional.of(seat.gifts.add())));
            taken.flatMap(slot -> seat(slot.node())).ifPresent(this::makeRoom);
            return taken;
        } finally {
            giving.unlock();
        }
    }

    /// What a probe of ours showed beside what its slot counted: that an answer was wrong, or that
    /// a question asked some other way was answered.
    public void probed(NodeIdentity identity, boolean passed) {
        seat(identity).ifPresent(seat -> router.probed(seat.routed, passed));
        standings.probed(identity, passed);
    }

    /// Why no place was found.
    public enum Lack {
        /// No node serves the model.
        MODEL,
        /// Those that serve it cannot do this kind of work.
        TASK,
        /// Those that could are at work, or have failed lately.
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

    /// The connection of a node.
    public Optional<NodeLink> find(NodeIdentity identity) {
        return seat(identity).map(Seat::node);
    }

    /// Everybody who is connected.
    public List<NodeLink> all() {
        return seats.values().stream().map(Seat::node).toList();
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

    /// Some time went by: those who are here were online for it.
    public void passed(Duration time) {
        for (Seat seat : List.copyOf(seats.values())) {
            NodeIdentity identity = seat.node.identity();
            if (isAwake(seat.node)) {
                router.online(seat.routed, time);
                standings.online(identity, time);
            }
            router.karma(seat.routed, karma.applyAsDouble(identity.providerId()));
        }
    }

    /// What a machine has earned, whether it is here or not.
    public Earned earned(NodeIdentity identity) {
        return router.earned(standings.of(identity));
    }

    /// How many jobs a node may run at once, after ramp-up; 0 when it is not here.
    public int roomOf(NodeIdentity identity) {
        return seat(identity).map(seat -> router.capacity(seat.routed)).orElse(0);
    }

    /// Whether a node could get a job now, by task.
    public Map<Task, Verdict> verdicts(NodeIdentity identity, String model) {
        Map<Task, Verdict> verdicts = new EnumMap<>(Task.class);
        seat(identity)
                .ifPresent(seat -> {
                    for (Task task : EnumSet.allOf(Task.class)) {
                        if (seat.node.does(task)) {
                            verdicts.put(task, verdict(seat, Want.work(task, model)));
                        }
                    }
                });
        return verdicts;
    }

    private Verdict verdict(Seat seat, String work) {
        return isAwake(seat.node) ? router.explain(seat.routed, work) : new Verdict.Away();
    }

    /// How fast a node is known to be, by task.
    public Map<Task, Speed.Known> speeds(NodeIdentity identity, String model) {
        Map<Task, Speed.Known> speeds = new EnumMap<>(Task.class);
        seat(identity)
                .ifPresent(seat -> {
                    for (Task task : EnumSet.allOf(Task.class)) {
                        router.speed(seat.routed, Want.work(task, model))
                                .ifPresent(known -> speeds.put(task, known));
                    }
                });
        return speeds;
    }

    /// A choice, and what part a node had in it.
    public record Told(Decision decision, Decision.Part part) {}

    /// The last choices for a kind of work, newest first, as one node may know them.
    public List<Told> decisions(NodeIdentity identity, Task task, String model) {
        Standing machine = standings.of(identity);
        return router.decisions(Want.work(task, model)).stream()
                .map(made -> new Told(made, made.part(machine)))
                .toList();
    }

    /// The choice for a job, as one node may know it, if it is remembered.
    public Optional<Told> decision(NodeIdentity identity, String jobId) {
        Standing machine = standings.of(identity);
        return router.decision(jobId).map(made -> new Told(made, made.part(machine)));
    }

    /// How many nodes are in each state; of those with several models the first one counts.
    public Map<String, Integer> states() {
        Map<String, Integer> states = new TreeMap<>();
        for (Seat seat : seats.values()) {
            Optional<String> work = works(seat.node).stream().sorted().findFirst();
            states.merge(
                    work.map(first -> verdict(seat, first).word()).orElse("serves_nothing"),
                    1,
                    Integer::sum);
        }
        return states;
    }
}
