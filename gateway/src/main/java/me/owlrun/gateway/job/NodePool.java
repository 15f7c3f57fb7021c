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
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.LongToDoubleFunction;

/// The nodes connected to this gateway and how many jobs each one runs. A slot is taken before a
/// buyer's money is touched and given back when the job is over. Who gets it, the [Router] decides.
public final class NodePool {

    private final Map<NodeIdentity, Seat> seats = new ConcurrentHashMap<>();
    private final Router<NodeLink> router;
    private final Standings standings;
    private volatile Function<NodeIdentity, Optional<String>> resting = node -> Optional.empty();
    private volatile BiPredicate<NodeLink, Want> lanes = (node, want) -> true;
    private volatile LongToDoubleFunction karma = provider -> 1;

    /// One connected node.
    private record Seat(NodeLink node, RoutedNode<NodeLink> routed) {}

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

    /// Gives some jobs to some nodes only.
    ///
    /// @param lanes whether a node may have such a job; asked under the router's lock, so it must
    ///   not wait for anything
    public void lanes(BiPredicate<NodeLink, Want> lanes) {
        this.lanes = lanes;
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
        return seat(node).map(seat -> router.running(seat.routed)).orElse(0);
    }

    /// A place for one job on one node, held until it is closed.
    public final class Slot implements AutoCloseable {

        private final RoutedNode<NodeLink> routed;
        private final String work;
        private final Optional<Decision> decision;
        private final AtomicBoolean open = new AtomicBoolean(true);
        private volatile Ending ending = Ending.of(Ending.Kind.NEVER_OFFERED);

        private Slot(RoutedNode<NodeLink> routed, String work, Optional<Decision> decision) {
            this.routed = routed;
            this.work = work;
            this.decision = decision;
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
                giveBack(routed, work, ending);
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

    private void giveBack(RoutedNode<NodeLink> routed, String work, Ending ending) {
        router.ended(routed, work, ending);
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
        Optional.ofNullable(seats.put(node.identity(), new Seat(node, routed)))
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

    /// Takes a place on the best node for a job.
    ///
    /// @param excluded nodes that had their chance
    public Optional<Slot> reserve(Want want, Set<NodeLink> excluded) {
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
                        new Slot(routed, want.work(), Optional.of(taken.get().decision())));
            }
            router.ended(routed, want.work(), Ending.of(Ending.Kind.NEVER_OFFERED));
            left.add(routed.link());
        }
    }

    private Search<NodeLink> search(Want want, Set<NodeLink> left) {
        BiPredicate<NodeLink, Want> lane = lanes;
        return new Search<>(
                want.work(),
                node -> !left.contains(node) && node.takesJobs() && lane.test(node, want),
                want.lane() != Lane.PAID,
                want.prefix());
    }

    /// Takes a place on one certain node, which may be one that is too slow for buyers.
    public Optional<Slot> reserveOn(NodeIdentity identity, Want want) {
        return seat(identity)
                .filter(seat -> isAwake(seat.node))
                .filter(seat -> router.takeOn(seat.routed, want.work()))
                .map(seat -> new Slot(seat.routed, want.work(), Optional.empty()));
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
