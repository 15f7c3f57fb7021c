package me.owlrun.gateway.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.SplittableRandom;

/// The running sum over canaries: who is honest is left alone for years, who is not is found within
/// days, in every seed.
final class CusumTest {

    private static final int SEEDS = 200;
    private static final int CHECKS_PER_DAY = 29;
    private static final int DAYS = 365;
    private static final long FAIR_MILLI = 200;
    private static final long LIMIT_MILLI = 4_000;
    private static final long POINTS_MILLI = 40_000;
    private static final long PUT_AWAY_MILLI = 100_000;
    private static final Duration HALF_LIFE = Duration.ofDays(7);

    /// The day on which a node that is wrong with some probability is put away.
    private static int dayPutAway(long seed, double wrong, double burst) {
        SplittableRandom random = new SplittableRandom(seed);
        long sum = 0;
        long points = 0;
        for (int day = 0; day < DAYS; day++) {
            points = Suspicion.faded(points, Duration.ofDays(1), HALF_LIFE);
            double today = random.nextDouble() < burst ? 3 * wrong : wrong;
            for (int check = 0; check < CHECKS_PER_DAY; check++) {
                sum = Cusum.after(sum, random.nextDouble() < today, FAIR_MILLI);
                if (sum >= LIMIT_MILLI) {
                    sum = 0;
                    points += POINTS_MILLI;
                }
                if (points >= PUT_AWAY_MILLI) {
                    return day;
                }
            }
        }
        return DAYS;
    }

    @Test
    void honestNode_withBadDays_isNeverPutAwayWithinAYear() {
        for (long seed = 0; seed < SEEDS; seed++) {
            assertEquals(DAYS, dayPutAway(seed, 0.05, 0.1), "seed " + seed);
        }
    }

    @Test
    void smallerModel_wrongHalfTheTime_isPutAwayWithinFourDays() {
        for (long seed = 0; seed < SEEDS; seed++) {
            assertTrue(dayPutAway(seed, 0.5, 0) < 4, "seed " + seed);
        }
    }

    @Test
    void hardQuestion_thatAllGetWrong_isFair() {
        assertEquals(200, Cusum.fairMilli(200, 0, 0));
        assertEquals(200, Cusum.fairMilli(200, 19, 19));
        assertEquals(650, Cusum.fairMilli(200, 20, 10));
        assertEquals(900, Cusum.fairMilli(200, 1_000, 1_000));
    }

    @Test
    void points_fadeByHalfEachHalfLife() {
        assertEquals(50_000, Suspicion.faded(100_000, HALF_LIFE, HALF_LIFE));
        assertEquals(25_000, Suspicion.faded(100_000, HALF_LIFE.multipliedBy(2), HALF_LIFE));
        assertEquals(100_000, Suspicion.faded(100_000, Duration.ofDays(-3), HALF_LIFE));
    }
}
