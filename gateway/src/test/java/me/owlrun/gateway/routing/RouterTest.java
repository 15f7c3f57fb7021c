package me.owlrun.gateway.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/// Who gets a job.
final class RouterTest {

    private static final String MODEL = "m:1b";
    private static final Duration WEEK = Duration.ofDays(7);

    private Instant now = Instant.parse("2026-01-20T12:00:00Z");
    private final Router<String> router =
            new Router<>(RoutingRules.STANDARD, new Random(20_261_121), () -> now);

    private static Standing old() {
        return new Standing(RoutingRules.STANDARD, List.of(), WEEK);
    }

    private RoutedNode<String> join(String name, int capacity) {
        return router.join(name, Set.of(MODEL), capacity, old());
    }

    private Optional<RoutedNode<String>> take() {
        return router.take(MODEL, Set.of(), Optional.empty());
    }

    private void fail(RoutedNode<String> node) {
        assertEquals(
                node, router.take(MODEL, Set.of(), Optional.empty()).orElseThrow(), "none other");
        router.ended(node, Health.Event.FAILURE);
    }

    @Test
    void take_ofAModelNobodyServes_isNothing() {
        var _ = join("a", 1);
        assertTrue(router.take("other:1b", Set.of(), Optional.empty()).isEmpty());
    }

    @Test
    void take_whenAllAreFull_isNothingUntilOneEnds() {
        RoutedNode<String> only = join("a", 2);
        assertEquals(only, take().orElseThrow());
        assertEquals(only, take().orElseThrow());
        assertTrue(take().isEmpty());
        assertInstanceOf(Verdict.Full.class, router.explain(only, MODEL));
        router.ended(only, Health.Event.SUCCESS);
        assertEquals(only, take().orElseThrow());
    }

    @Test
    void take_manyTimes_fillsTheLeastLoadedFirst() {
        Map<String, Integer> given = new HashMap<>();
        var _ = join("small", 10);
        var _ = join("big", 30);
        for (int i = 0; i < 20; i++) {
            given.merge(take().orElseThrow().link(), 1, Integer::sum);
        }
        assertEquals(
                5,
                given.getOrDefault("small", 0),
                1,
                "a quarter of the places, a quarter of the jobs");
        for (int i = 0; i < 20; i++) {
            given.merge(take().orElseThrow().link(), 1, Integer::sum);
        }
        assertEquals(Map.of("small", 10, "big", 30), given);
        assertTrue(take().isEmpty());
    }

    @Test
    void take_amongIdleNodes_drawsByWeight() {
        RoutedNode<String> plain = join("plain", 1);
        RoutedNode<String> kind = join("kind", 1);
        router.karma(kind, 2);
        RoutedNode<String> fresh =
                router.join(
                        "fresh",
                        Set.of(MODEL),
                        1,
                        new Standing(RoutingRules.STANDARD, List.of(), Duration.ZERO));
        Map<RoutedNode<String>, Integer> given = new HashMap<>();
        int jobs = 32_500;
        for (int i = 0; i < jobs; i++) {
            RoutedNode<String> node = take().orElseThrow();
            given.merge(node, 1, Integer::sum);
            router.ended(node, Health.Event.NEUTRAL);
        }
        assertEquals(jobs / 3.25, given.getOrDefault(plain, 0), 500);
        assertEquals(jobs / 3.25 * 2, given.getOrDefault(kind, 0), 500);
        assertEquals(jobs / 3.25 / 4, given.getOrDefault(fresh, 0), 500);
    }

    @Test
    void take_withExcluded_neverGivesThem() {
        Set<String> excluded = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            var _ = join("n" + i, 1);
        }
        for (int i = 0; i < 50; i++) {
            RoutedNode<String> node = router.take(MODEL, excluded, Optional.empty()).orElseThrow();
            assertTrue(excluded.add(node.link()));
            router.ended(node, Health.Event.NEUTRAL);
        }
        assertTrue(router.take(MODEL, excluded, Optional.empty()).isEmpty());
        assertTrue(take().isPresent(), "who was set aside is back");
    }

    @Test
    void failures_three_parkTheNodeAndOneProbeLetsItIn() {
        RoutedNode<String> node = join("a", 4);
        fail(node);
        fail(node);
        fail(node);
        assertTrue(take().isEmpty());
        assertEquals(new Verdict.Parked(now.plusSeconds(15)), router.explain(node, MODEL));
        now = now.plusSeconds(15);
        assertEquals(node, take().orElseThrow());
        assertTrue(take().isEmpty(), "a single probe");
        assertEquals(new Verdict.Probing(), router.explain(node, MODEL));
        router.ended(node, Health.Event.SUCCESS);
        assertEquals(node, take().orElseThrow());
        assertEquals(node, take().orElseThrow());
    }

    @Test
    void failures_ofBuyers_parkNobody() {
        RoutedNode<String> node = join("a", 1);
        for (int i = 0; i < 100; i++) {
            assertEquals(node, take().orElseThrow());
            router.ended(node, Health.Event.NEUTRAL);
        }
    }

    @Test
    void newcomer_ofEight_getsTwoAtFirstAndAllAfterAWeek() {
        RoutedNode<String> node =
                router.join(
                        "a",
                        Set.of(MODEL),
                        8,
                        new Standing(RoutingRules.STANDARD, List.of(), Duration.ZERO));
        assertEquals(2, takeAll());
        router.online(node, WEEK);
        assertEquals(6, takeAll());
    }

    private int takeAll() {
        int taken = 0;
        while (take().isPresent()) {
            taken++;
        }
        return taken;
    }

    @Test
    void slowNode_isLeftOutForThatModelOnly() {
        RoutedNode<String> node = router.join("a", Set.of(MODEL, "n:1b"), 1, old());
        for (int i = 0; i < 3; i++) {
            router.answered(node, MODEL, 40, Duration.ofSeconds(10));
        }
        assertTrue(take().isEmpty());
        assertEquals(new Verdict.TooSlow(4), router.explain(node, MODEL));
        assertTrue(router.take("n:1b", Set.of(), Optional.empty()).isPresent());
    }

    @Test
    void conversation_staysWithItsNodeWhileThatHasRoom() {
        List<RoutedNode<String>> nodes = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            nodes.add(join("n" + i, 4));
        }
        Optional<String> prefix = Optional.of("once upon a time");
        RoutedNode<String> first = router.take(MODEL, Set.of(), prefix).orElseThrow();
        assertEquals(first, router.take(MODEL, Set.of(), prefix).orElseThrow());
        assertEquals(first, router.take(MODEL, Set.of(), prefix).orElseThrow());
        RoutedNode<String> other = router.take(MODEL, Set.of(), prefix).orElseThrow();
        assertTrue(other != first, "three of four places are taken: too full");
        assertEquals(other, router.take(MODEL, Set.of(), prefix).orElseThrow());
        router.away(other, true);
        assertTrue(router.take(MODEL, Set.of(), prefix).orElseThrow() != other);
        assertEquals(20, nodes.size());
    }

    @Test
    void node_thatLeaves_getsNothing() {
        RoutedNode<String> node = join("a", 1);
        router.leave(node);
        assertTrue(take().isEmpty());
        assertEquals(new Verdict.Away(), router.explain(node, MODEL));
        assertEquals(new Verdict.NotServed(), router.explain(node, "other"));
    }
}
