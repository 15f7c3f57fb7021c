package me.owlrun.gateway.routing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/// What a decision costs: taking a node and giving its place back, with nodes that serve three
/// models at two kinds of work each, under the router's lock and with its memory of choices.
final class RouterCostTest {

    private static final double MICROS = 1_000.0;
    private static final double P99_MICROS_MAX = 50;
    private static final int PROMISED_NODES = 10_000;
    private static final int WARM_UP = 50_000;
    private static final int DECISIONS = 20_000;
    private static final int TRIES = 3;
    private static final Duration HALF_WEEK = Duration.ofHours(84);
    private static final String SVG = System.getProperty("owlrun.routing.svg", "");

    /// @param p50 the median in microseconds
    private record Cost(double p50, double p99, double p999) {}

    private static Cost measure(int nodes, int decisions) {
        Random random = new Random(20_261_121);
        Instant now = Instant.parse("2026-01-20T12:00:00Z");
        Router<Integer> router = new Router<>(RoutingRules.STANDARD, random, () -> now);
        for (int i = 0; i < nodes; i++) {
            Set<String> works = new HashSet<>();
            for (int model = 0; model < 3; model++) {
                works.add("chat m" + (i + model) % 4);
                works.add("completion m" + (i + model) % 4);
            }
            Duration online = HALF_WEEK.multipliedBy(i % 3L);
            var _ =
                    router.join(
                            i,
                            works,
                            1 + i % 8,
                            new Standing(RoutingRules.STANDARD, List.of(), online));
        }
        Deque<RoutedNode<Integer>> running = new ArrayDeque<>();
        long[] nanos = new long[decisions];
        for (int i = 0; i < decisions; i++) {
            Search<Integer> search = Search.any("chat m" + i % 4);
            long before = System.nanoTime();
            Optional<Router.Taken<Integer>> taken = router.take(search);
            if (running.size() > nodes / 2) {
                router.ended(
                        running.removeFirst(),
                        "chat m" + i % 4,
                        new Ending(Ending.Kind.SUCCESS, 100, Duration.ofSeconds(2)));
            }
            nanos[i] = System.nanoTime() - before;
            taken.ifPresent(one -> running.addLast(one.node()));
        }
        Arrays.sort(nanos);
        return new Cost(
                nanos[decisions / 2] / MICROS,
                nanos[(int) (decisions * 0.99)] / MICROS,
                nanos[(int) (decisions * 0.999)] / MICROS);
    }

    /// The best of some tries: others share the machine.
    private static Cost best(int nodes, int decisions) {
        Cost best = measure(nodes, decisions);
        for (int i = 1; i < TRIES; i++) {
            Cost next = measure(nodes, decisions);
            best = next.p99 < best.p99 ? next : best;
        }
        return best;
    }

    @Test
    void decision_amongTenThousandNodes_costsLittle() {
        var _ = measure(PROMISED_NODES, WARM_UP);
        Cost cost = best(PROMISED_NODES, DECISIONS);
        System.out.printf(
                Locale.ROOT,
                "A decision among %,d nodes: p50 %.1f us, p99 %.1f us, p99.9 %.1f us%n",
                PROMISED_NODES,
                cost.p50,
                cost.p99,
                cost.p999);
        assertTrue(cost.p99 <= P99_MICROS_MAX, cost.toString());
    }

    @Test
    void decision_withTenTimesTheNodes_costsNotTenTimesAsMuch() {
        var _ = measure(PROMISED_NODES, WARM_UP);
        List<Svg.Point> p50 = new ArrayList<>();
        List<Svg.Point> p99 = new ArrayList<>();
        int most = SVG.isEmpty() ? PROMISED_NODES : 10 * PROMISED_NODES;
        for (int nodes = 10; nodes <= most; nodes *= 10) {
            Cost cost = best(nodes, DECISIONS);
            p50.add(new Svg.Point(Math.log10(nodes), cost.p50));
            p99.add(new Svg.Point(Math.log10(nodes), cost.p99));
        }
        assertTrue(
                p50.getLast().up() < 10 * p50.getFirst().up(),
                p50.getFirst() + " to " + p50.getLast());
        if (!SVG.isEmpty()) {
            Svg.write(
                    Path.of(SVG, "routing-cost.svg"),
                    new Svg.Paper(
                            "Cost of one decision of the router",
                            "taking a node and giving its place back; six kinds of work per node",
                            "nodes, as powers of ten",
                            "microseconds"),
                    List.of(new Svg.Line("p50", p50), new Svg.Line("p99", p99)));
        }
    }
}
