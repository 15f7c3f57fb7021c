package me.owlrun.gateway.market;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Chooses the node for a job: the least loaded one, ties at random.
public final class Pick {

    private final RandomGenerator random;

    /// @param random breaks ties; used by one caller at a time
    public Pick(RandomGenerator random) {
        this.random = random;
    }

    /// The choice, or nothing when no candidate has room.
    ///
    /// @param <T> what stands for a node
    public <T> Optional<T> choose(List<Candidate<T>> candidates) {
        List<Candidate<T>> best = new ArrayList<>();
        for (Candidate<T> candidate : candidates) {
            if (!candidate.hasRoom()) {
                continue;
            }
            int order = best.isEmpty() ? 0 : candidate.compareLoad(best.getFirst());
            if (order < 0) {
                best.clear();
            }
            if (order <= 0) {
                best.add(candidate);
            }
        }
        if (best.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(best.get(random.nextInt(best.size())).node());
    }
}
