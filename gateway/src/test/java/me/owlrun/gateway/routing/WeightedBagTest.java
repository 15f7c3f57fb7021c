package me.owlrun.gateway.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Drawing by weight, against sums made the plain way.
final class WeightedBagTest {

    private static Seat<Integer> seat(int name) {
        Standing standing = new Standing(RoutingRules.STANDARD, List.of(), Duration.ZERO);
        return new Seat<>(
                new RoutedNode<>(name, standing, 1), new Speed(RoutingRules.STANDARD.speed()));
    }

    @Test
    void total_afterManyChanges_isTheSumOfTheWeights() {
        Random random = new Random(20_261_121);
        WeightedBag<Integer> bag = new WeightedBag<>();
        List<Seat<Integer>> inside = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            int action = random.nextInt(5);
            if (action < 2 || inside.isEmpty()) {
                Seat<Integer> seat = seat(i);
                seat.weight = random.nextLong(1_000_000);
                bag.add(seat);
                inside.add(seat);
            } else if (action < 3) {
                bag.remove(inside.remove(random.nextInt(inside.size())));
            } else {
                bag.weigh(
                        inside.get(random.nextInt(inside.size())),
                        random.nextInt(3) == 0 ? 0 : random.nextLong(1_000_000));
            }
            long expected = inside.stream().mapToLong(seat -> seat.weight).sum();
            assertEquals(expected, bag.total(), "after step " + i);
        }
    }

    @Test
    void draw_manyTimes_followsTheWeightsAndNeverDrawsZero() {
        Random random = new Random(7);
        WeightedBag<Integer> bag = new WeightedBag<>();
        for (int weight = 0; weight < 40; weight++) {
            Seat<Integer> seat = seat(weight);
            seat.weight = weight;
            bag.add(seat);
        }
        Map<Integer, Integer> drawn = new HashMap<>();
        int draws = 780_000;
        for (int i = 0; i < draws; i++) {
            drawn.merge(bag.draw(random).node.link(), 1, Integer::sum);
        }
        assertEquals(0, drawn.getOrDefault(0, 0));
        for (int weight = 1; weight < 40; weight++) {
            double expected = draws * weight / 780.0;
            assertEquals(expected, drawn.getOrDefault(weight, 0), 6 * Math.sqrt(expected));
        }
    }
}
