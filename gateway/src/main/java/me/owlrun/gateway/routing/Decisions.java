package me.owlrun.gateway.routing;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/// The last choices for each kind of work. Bounded; the kind that was chosen for longest ago goes
/// first. Used under the lock of the [Router].
final class Decisions {

    /// Choices remembered for each kind of work.
    static final int EACH_MAX = 16;

    /// Candidates remembered for each choice.
    static final int CANDIDATES_MAX = 32;

    private static final int WORKS_MAX = 500;

    private final SequencedMap<String, Deque<Decision>> byWork = new LinkedHashMap<>();

    <T> Decision add(
            String work,
            Instant at,
            Decision.How how,
            Optional<RoutedNode<T>> chosen,
            Optional<ModelIndex<T>> index) {
        int level =
                chosen.map(node -> Optional.ofNullable(node.seats.get(work)))
                        .flatMap(seat -> seat.map(s -> s.level))
                        .orElse(Seat.NOWHERE);
        boolean placed = level != Seat.NOWHERE && index.isPresent();
        Decision decision =
                new Decision(
                        at,
                        how,
                        chosen.map(RoutedNode::standing),
                        index.map(ModelIndex::withRoom).orElse(0),
                        placed ? index.get().on(level) : 0,
                        placed ? standings(index.get().some(level, CANDIDATES_MAX)) : List.of());
        Deque<Decision> ring = Optional.ofNullable(byWork.remove(work)).orElseGet(ArrayDeque::new);
        byWork.put(work, ring);
        ring.addLast(decision);
        if (ring.size() > EACH_MAX) {
            ring.removeFirst();
        }
        if (byWork.size() > WORKS_MAX) {
            byWork.pollFirstEntry();
        }
        return decision;
    }

    private static <T> List<Standing> standings(List<Seat<T>> seats) {
        return seats.stream().map(seat -> seat.node.standing()).toList();
    }

    /// The last choices for a kind of work, newest first.
    List<Decision> of(String work) {
        return List.copyOf(Optional.ofNullable(byWork.get(work)).orElseGet(ArrayDeque::new))
                .reversed();
    }

    /// The choice for a job, if it is remembered.
    Optional<Decision> find(String jobId) {
        Optional<String> name = Optional.of(jobId);
        return byWork.values().stream()
                .flatMap(Deque::stream)
                .filter(decision -> decision.jobId().equals(name))
                .findFirst();
    }
}
