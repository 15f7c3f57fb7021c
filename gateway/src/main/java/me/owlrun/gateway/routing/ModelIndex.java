package me.owlrun.gateway.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
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

    private int members;

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

    /// Somebody does this kind of work, with room or without.
    void enter() {
        members++;
    }

    /// No longer; whether it was the last one.
    boolean exit() {
        members--;
        return members == 0;
    }

    /// How many could take a job.
    int withRoom() {
        return levels.stream().mapToInt(WeightedBag::size).sum();
    }

    /// Some of those on a level.
    List<Seat<T>> some(int level, int countMax) {
        return levels.get(level).some(countMax);
    }

    /// How many are on a level.
    int on(int level) {
        return levels.get(level).size();
    }

    /// Draws one of the least loaded.
    ///
    /// @param fits whether one may have the job; asked of those drawn only
    /// @param chances how many are drawn; of several the one with the most karma is taken
    Optional<Seat<T>> draw(Predicate<T> fits, int chances, RandomGenerator random) {
        for (WeightedBag<T> bag : levels) {
            Optional<Seat<T>> best = draw(bag, fits, chances, random);
            if (best.isPresent()) {
                return best;
            }
        }
        return Optional.empty();
    }

    private static <T> Optional<Seat<T>> draw(
            WeightedBag<T> bag, Predicate<T> fits, int chances, RandomGenerator random) {
        List<Seat<T>> aside = new ArrayList<>();
        List<Long> weights = new ArrayList<>();
        Optional<Seat<T>> best = Optional.empty();
        int left = chances;
        try {
            while (left > 0 && bag.total() > 0) {
                Seat<T> drawn = bag.draw(random);
                if (fits.test(drawn.node.link())) {
                    left--;
                    if (best.isEmpty() || drawn.karma() > best.get().karma()) {
                        best = Optional.of(drawn);
                    }
                }
                if (left > 0) {
                    aside.add(drawn);
                    weights.add(drawn.weight);
                    bag.weigh(drawn, 0);
                }
            }
        } finally {
            for (int i = 0; i < aside.size(); i++) {
                bag.weigh(aside.get(i), weights.get(i));
            }
        }
        return best;
    }
}
