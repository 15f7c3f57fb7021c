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
        return take(MODEL);
    }

    private Optional<RoutedNode<String>> take(String work) {
        return router.take(Search.<String>any(work)).map(Router.Taken::node);
    }

    private Optional<RoutedNode<String>> takeExcept(Set<String> excluded) {
        return router.take(
                        new Search<>(
                                MODEL, name -> !excluded.contains(name), false, Optional.empty()))
                .map(Router.Taken::node);
    }

    private RoutedNode<String> takeNext(Optional<String> prefix) {
        return router.take(new Search<String>(MODEL, _ -> true, false, prefix))
                .map(Router.Taken::node)
                .orElseThrow();
    }

    private void ended(RoutedNode<String> node, Ending.Kind kind) {
        router.ended(node, MODEL, Ending.of(kind));
    }

    private void fail(RoutedNode<String> node) {
        assertEquals(node, take().orElseThrow(), "none other");
        ended(node, Ending.Kind.FAILURE);
    }

    @Test
    void take_ofAModelNobodyServes_isNothing() {
        var _ = join("a", 1);
        assertTrue(take("other:1b").isEmpty());
    }

    @Test
    void take_whenAllAreFull_isNothingUntilOneEnds() {
        RoutedNode<String> only = join("a", 2);
        assertEquals(only, take().orElseThrow());
        assertEquals(only, take().orElseThrow());
        assertTrue(take().isEmpty());
        assertInstanceOf(Verdict.Full.class, router.explain(only, MODEL));
        ended(only, Ending.Kind.SUCCESS);
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
            ended(node, Ending.Kind.NEUTRAL);
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
            RoutedNode<String> node = takeExcept(excluded).orElseThrow();
            assertTrue(excluded.add(node.link()));
            ended(node, Ending.Kind.NEUTRAL);
        }
        assertTrue(takeExcept(excluded).isEmpty());
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
        ended(node, Ending.Kind.SUCCESS);
        assertEquals(node, take().orElseThrow());
        assertEquals(node, take().orElseThrow());
    }

    @Test
    void failures_ofBuyers_parkNobody() {
        RoutedNode<String> node = join("a", 1);
        for (int i = 0; i < 100; i++) {
            assertEquals(node, take().orElseThrow());
            ended(node, Ending.Kind.NEUTRAL);
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
            assertEquals(node, take().orElseThrow());
            router.ended(node, MODEL, new Ending(Ending.Kind.SUCCESS, 40, Duration.ofSeconds(10)));
        }
        assertTrue(take().isEmpty());
        Instant until = now.plus(RoutingRules.STANDARD.speed().pause());
        assertEquals(new Verdict.TooSlow(4, until), router.explain(node, MODEL));
        assertTrue(take("n:1b").isPresent());
    }

    @Test
    void slowNode_mayTryAgainAfterAWhile_orAtOnceByAProbe() {
        RoutedNode<String> node = join("a", 1);
        makeSlow(node);
        assertTrue(take().isEmpty());
        now = now.plus(RoutingRules.STANDARD.speed().pause());
        assertEquals(node, take().orElseThrow());
        router.ended(node, MODEL, new Ending(Ending.Kind.SUCCESS, 40, Duration.ofSeconds(10)));
        assertTrue(take().isEmpty(), "one job decides");
        assertTrue(router.takeOn(node, MODEL));
        router.endedWithoutPlace(
                node, MODEL, new Ending(Ending.Kind.SUCCESS, 40, Duration.ofSeconds(1)));
        assertEquals(node, take().orElseThrow());
    }

    private void makeSlow(RoutedNode<String> node) {
        for (int i = 0; i < 3; i++) {
            assertEquals(node, take().orElseThrow());
            router.ended(node, MODEL, new Ending(Ending.Kind.SUCCESS, 40, Duration.ofSeconds(10)));
        }
    }

    @Test
    void nodeThatSaysNo_isAskedAgainInAMoment_andIsNotToBlame() {
        RoutedNode<String> node = join("a", 4);
        for (int i = 0; i < 10; i++) {
            assertEquals(node, take().orElseThrow());
            ended(node, Ending.Kind.REFUSED);
            assertEquals(new Verdict.Refused(now.plusSeconds(2)), router.explain(node, MODEL));
            assertTrue(take().isEmpty());
            now = now.plusSeconds(2);
        }
        Health.Day today = router.earned(node.standing()).days().getLast();
        assertEquals(0, today.failures());
        assertEquals(10, today.neutral());
    }

    @Test
    void jobThatNeverCame_countsForNothing_andLeavesTheProbeToAnother() {
        RoutedNode<String> node = join("a", 1);
        fail(node);
        fail(node);
        fail(node);
        now = now.plusSeconds(15);
        assertEquals(node, take().orElseThrow());
        ended(node, Ending.Kind.NEVER_OFFERED);
        assertEquals(node, take().orElseThrow());
        ended(node, Ending.Kind.SUCCESS);
        assertEquals(0, router.earned(node.standing()).days().getLast().neutral());
    }

    @Test
    void lostConnection_withManyJobs_isOneHiccupToTheBreaker() {
        Standing machine = old();
        RoutedNode<String> before = router.join("a", Set.of(MODEL), 8, machine);
        for (int i = 0; i < 8; i++) {
            assertEquals(before, take().orElseThrow());
        }
        RoutedNode<String> again = router.join("a again", Set.of(MODEL), 8, machine);
        router.leave(before);
        for (int i = 0; i < 8; i++) {
            ended(before, Ending.Kind.FAILURE);
        }
        assertEquals(again, take().orElseThrow());
        assertEquals(8, router.earned(machine).days().getLast().failures());
    }

    @Test
    void jobsOfTheHouse_weighLessInTheScore_andAsMuchToTheBreaker() {
        RoutedNode<String> node = join("a", 1);
        assertEquals(node, take().orElseThrow());
        ended(node, Ending.Kind.PROBE_PASSED);
        Health.Day day = router.earned(node.standing()).days().getLast();
        assertEquals(1, day.probesPassed());
        assertEquals(0, day.successes());
        for (int i = 0; i < 3; i++) {
            assertEquals(node, take().orElseThrow());
            ended(node, Ending.Kind.PROBE_FAILED);
        }
        assertInstanceOf(Verdict.Parked.class, router.explain(node, MODEL));
    }

    @Test
    void karmaFirst_amongNearEquals_takesTheMost() {
        for (int i = 0; i < 8; i++) {
            router.karma(join("plain" + i, 1), 1);
        }
        RoutedNode<String> kind = join("kind", 1);
        router.karma(kind, 1.5);
        Search<String> free = new Search<>(MODEL, _ -> true, true, Optional.empty());
        for (int i = 0; i < 20; i++) {
            assertEquals(kind, router.take(free).orElseThrow().node());
            ended(kind, Ending.Kind.SUCCESS);
        }
    }

    @Test
    void serve_otherWork_takesItsPlacesAlong() {
        RoutedNode<String> node = join("a", 1);
        router.serve(node, Set.of("n:1b"), 2);
        assertTrue(take().isEmpty());
        assertEquals(node, take("n:1b").orElseThrow());
        assertEquals(node, take("n:1b").orElseThrow());
        assertTrue(take("n:1b").isEmpty());
        router.serve(node, Set.of(MODEL), 2);
        assertTrue(take().isEmpty(), "what runs there goes on");
        router.ended(node, "n:1b", Ending.of(Ending.Kind.SUCCESS));
        assertEquals(node, take().orElseThrow());
    }

    @Test
    void decisions_tellEveryMachineItsPart() {
        RoutedNode<String> busy = join("busy", 1);
        assertEquals(busy, take().orElseThrow());
        RoutedNode<String> a = join("a", 1);
        RoutedNode<String> b = join("b", 1);
        Router.Taken<String> taken = router.take(Search.<String>any(MODEL)).orElseThrow();
        taken.decision().named("job_1");
        RoutedNode<String> other = taken.node() == a ? b : a;
        Decision seen = router.decisions(MODEL).getFirst();
        assertEquals(Optional.of("job_1"), seen.jobId());
        assertEquals(2, seen.withRoom());
        assertEquals(Decision.Part.CHOSEN, seen.part(taken.node().standing()));
        assertEquals(Decision.Part.NOT_DRAWN, seen.part(other.standing()));
        assertEquals(Decision.Part.NOT_AMONG_LEAST_LOADED, seen.part(busy.standing()));
        for (int i = 0; i < 100; i++) {
            var _ = take();
        }
        assertEquals(Decisions.EACH_MAX, router.decisions(MODEL).size());
        assertEquals(Decision.How.NOBODY, router.decisions(MODEL).getFirst().how());
    }

    @Test
    void conversation_staysWithItsNodeWhileThatHasRoom() {
        List<RoutedNode<String>> nodes = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            nodes.add(join("n" + i, 4));
        }
        Optional<String> prefix = Optional.of("once upon a time");
        RoutedNode<String> first = takeNext(prefix);
        assertEquals(first, takeNext(prefix));
        assertEquals(first, takeNext(prefix));
        RoutedNode<String> other = takeNext(prefix);
        assertTrue(other != first, "three of four places are taken: too full");
        assertEquals(other, takeNext(prefix));
        router.away(other, true);
        assertTrue(takeNext(prefix) != other);
        assertEquals(20, nodes.size());
    }

    @Test
    void node_thatLeaves_getsNothing() {
        RoutedNode<String> node = join("a", 1);
        router.leave(node);
        assertTrue(take().isEmpty());
        assertEquals(new Verdict.Away(), router.explain(node, MODEL));
        RoutedNode<String> here = join("b", 1);
        assertEquals(new Verdict.NotServed(), router.explain(here, "other"));
    }
}
