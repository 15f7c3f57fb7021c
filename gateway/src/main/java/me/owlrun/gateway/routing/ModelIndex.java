package me.owlrun.gateway.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// The nodes that could take a job of one model now, by load: the least loaded level that has any
/// decides, and within it chance does, by weight. Nodes whose loads are on one level are near
/// equals.
///
/// @param <T> what stands for a node
final class ModelIndex<T> {

    /// Near equals differ by less than a tenth of their capacity.
    static final int LEVELS = 10;

    private final List<WeightedBag<T>> levels =
            Stream.generate(WeightedBag<T>::new).limit(LEVELS).toList();

    /// The level of a node with room for more.
    static int level(int running, int capacity) {
        return Math.min(LEVELS - 1, (int) ((long) LEVELS * running / capacity));
    }

    /// Puts a seat where it belongs, or takes it out.
    ///
    /// @param level where, or [Seat#NOWHERE]
    void put(Seat<T> seat, int level, long weight) {
        if (seat.level == level) {
            if (level != Seat.NOWHERE && seat.weight != weight) {
                levels.get(level).weigh(seat, weight);
            }
            return;
        }
        if (seat.level != Seat.NOWHERE) {
            levels.get(seat.level).remove(seat);
        }
        seat.level = level;
        seat.weight = weight;
        if (level != Seat.NOWHERE) {
            levels.get(level).add(seat);
        }
    }

    /// Draws one of the least loaded.
    ///
    /// @param excluded had their chance
    Optional<Seat<T>> draw(Set<T> excluded, RandomGenerator random) {
        for (WeightedBag<T> bag : levels) {
            List<Seat<T>> aside = new ArrayList<>();
            List<Long> weights = new ArrayList<>();
            try {
                while (bag.total() > 0) {
                    Seat<T> drawn = bag.draw(random);
                    if (!excluded.contains(drawn.node.link())) {
                        return Optional.of(drawn);
                    }
                    aside.add(drawn);
                    weights.add(drawn.weight);
                    bag.weigh(drawn, 0);
                }
            } finally {
                for (int i = 0; i < aside.size(); i++) {
                    bag.weigh(aside.get(i), weights.get(i));
                }
            }
        }
        return Optional.empty();
    }
}
