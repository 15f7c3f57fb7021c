package me.owlrun.gateway.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Seats with weights, from which one is drawn with a chance in proportion to its weight. Adding,
/// removing, weighing and drawing cost O(log n): the weights stand in a Fenwick tree. Whole
/// numbers, so that nothing drifts.
///
/// @param <T> what stands for a node
final class WeightedBag<T> {

    private static final int FIRST_CAPACITY = 16;

    private final List<Seat<T>> seats = new ArrayList<>();

    /// `tree[i]` is the sum of the weights of the `lowestOneBit(i)` seats before seat `i`.
    private long[] tree = new long[FIRST_CAPACITY + 1];

    long total() {
        long sum = 0;
        for (int i = seats.size(); i > 0; i -= Integer.lowestOneBit(i)) {
            sum += tree[i];
        }
        return sum;
    }

    int size() {
        return seats.size();
    }

    /// Some of them.
    List<Seat<T>> some(int countMax) {
        return List.copyOf(seats.subList(0, Math.min(countMax, seats.size())));
    }

    /// Adds a seat; it remembers where it is.
    void add(Seat<T> seat) {
        seat.index = seats.size();
        seats.add(seat);
        if (seats.size() < tree.length) {
            change(seat.index, seat.weight);
            return;
        }
        tree = new long[2 * seats.size() + 1];
        for (int i = 0; i < seats.size(); i++) {
            change(i, seats.get(i).weight);
        }
    }

    /// Takes a seat out; the last one moves to where it was.
    void remove(Seat<T> seat) {
        Seat<T> last = seats.removeLast();
        change(last.index, -last.weight);
        if (last != seat) {
            change(seat.index, last.weight - seat.weight);
            seats.set(seat.index, last);
            last.index = seat.index;
        }
        seat.index = Seat.NOWHERE;
    }

    /// Changes a weight; a seat of weight 0 is never drawn.
    void weigh(Seat<T> seat, long weight) {
        change(seat.index, weight - seat.weight);
        seat.weight = weight;
    }

    /// Draws a seat; the total must not be 0.
    Seat<T> draw(RandomGenerator random) {
        long left = random.nextLong(total());
        int index = 0;
        for (int step = Integer.highestOneBit(tree.length - 1); step > 0; step >>= 1) {
            int next = index + step;
            if (next < tree.length && tree[next] <= left) {
                left -= tree[next];
                index = next;
            }
        }
        return seats.get(index);
    }

    private void change(int index, long delta) {
        for (int i = index + 1; i < tree.length; i += Integer.lowestOneBit(i)) {
            tree[i] += delta;
        }
    }
}
