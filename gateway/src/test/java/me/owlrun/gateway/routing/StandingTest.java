package me.owlrun.gateway.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// The formulas of health, ramp-up and speed, with the numbers that are public.
final class StandingTest {

    private static final Instant NOON = Instant.parse("2026-01-20T12:00:00Z");
    private static final RoutingRules RULES = RoutingRules.STANDARD;

    private final Health health = new Health(RULES.health(), List.of());

    private void happens(Health.Event event, int times, Instant when) {
        for (int i = 0; i < times; i++) {
            health.add(event, when);
        }
    }

    @Test
    void score_ofANewcomer_isInTheMiddleOfOutcomes() {
        assertEquals(0.8 * 1 / 2, health.score(NOON), 1e-12);
    }

    @Test
    void score_withOutcomesProbesAndTime_isTheFormula() {
        happens(Health.Event.SUCCESS, 97, NOON);
        happens(Health.Event.FAILURE, 3, NOON);
        happens(Health.Event.NEUTRAL, 1_000, NOON);
        happens(Health.Event.PROBE_PASSED, 10, NOON);
        happens(Health.Event.PROBE_FAILED, 5, NOON);
        health.online(Duration.ofDays(7), NOON);
        double outcome = (97 + 0.2 * 10 + 1) / (100 + 0.2 * 15 + 2);
        assertEquals(0.8 * outcome + 0.2 * 0.5, health.score(NOON), 1e-12);
    }

    @Test
    void score_afterFourteenDays_forgets() {
        happens(Health.Event.FAILURE, 50, NOON);
        double bad = health.score(NOON);
        assertEquals(bad, health.score(NOON.plus(Duration.ofDays(13))), 1e-12);
        assertEquals(0.4, health.score(NOON.plus(Duration.ofDays(14))), 1e-12);
        assertTrue(health.days(NOON.plus(Duration.ofDays(14))).isEmpty());
    }

    @Test
    void days_keptAndGivenBack_makeTheSameScore() {
        for (int day = 0; day < 20; day++) {
            happens(Health.Event.SUCCESS, day, NOON.plus(Duration.ofDays(day)));
            happens(Health.Event.FAILURE, 20 - day, NOON.plus(Duration.ofDays(day)));
            health.online(Duration.ofHours(day), NOON.plus(Duration.ofDays(day)));
        }
        Instant last = NOON.plus(Duration.ofDays(19));
        Health again = new Health(RULES.health(), health.days(last));
        assertEquals(14, again.days(last).size());
        assertEquals(health.score(last), again.score(last), 1e-12);
    }

    @ParameterizedTest
    @CsvSource({"0,0.25,2", "42,0.4375,3", "84,0.625,5", "167,0.995,7", "168,1,8", "9999,1,8"})
    void ramp_overAWeekOnline_growsFromAQuarter(long hours, double share, int capacity) {
        double grown = Ramp.share(RULES.ramp(), Duration.ofHours(hours));
        assertEquals(share, grown, 0.001);
        assertEquals(capacity, Ramp.capacity(8, grown));
    }

    @Test
    void ramp_ofANodeThatTakesOneJob_leavesItOne() {
        assertEquals(1, Ramp.capacity(1, Ramp.share(RULES.ramp(), Duration.ZERO)));
    }

    @Test
    void speed_belowTheFloorThreeTimesInARow_isTooSlow() {
        Speed speed = new Speed(RULES.speed());
        speed.answered(49, Duration.ofSeconds(10), NOON);
        speed.answered(49, Duration.ofSeconds(10), NOON);
        speed.answered(31, Duration.ofSeconds(1_000), NOON); // too short to say anything
        assertTrue(speed.isFastEnough(NOON));
        speed.answered(49, Duration.ofSeconds(10), NOON);
        assertFalse(speed.isFastEnough(NOON));
        assertEquals(4.9, speed.tokensPerSecond(), 1e-9);
        speed.answered(50, Duration.ofSeconds(10), NOON);
        assertTrue(speed.isFastEnough(NOON));
    }
}
