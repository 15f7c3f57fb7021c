package me.owlrun.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;

/// Token buckets.
final class BucketsTest {

    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    @Test
    void bucket_refillsEvenly_andNeverHoldsMoreThanAMinute() {
        Buckets buckets = new Buckets(2);
        assertEquals(Duration.ZERO, buckets.take("a", NOW));
        assertEquals(Duration.ZERO, buckets.take("a", NOW));
        assertEquals(Duration.ofSeconds(30), buckets.take("a", NOW));
        assertEquals(Duration.ofSeconds(10), buckets.take("a", NOW.plusSeconds(20)));
        assertEquals(Duration.ZERO, buckets.take("a", NOW.plusSeconds(30)));
        Instant muchLater = NOW.plusSeconds(3_600);
        assertEquals(Duration.ZERO, buckets.take("a", muchLater));
        assertEquals(Duration.ZERO, buckets.take("a", muchLater));
        assertEquals(Duration.ofSeconds(30), buckets.take("a", muchLater));
    }

    @Test
    void level_countsWhatIsLeft_andWhenAllIsThereAgain() {
        Buckets buckets = new Buckets(60);
        assertEquals(new Buckets.Level(60, Duration.ZERO), buckets.level("a", NOW));
        assertEquals(Duration.ZERO, buckets.take("a", NOW));
        assertEquals(Duration.ZERO, buckets.take("a", NOW));
        assertEquals(new Buckets.Level(58, Duration.ofSeconds(2)), buckets.level("a", NOW));
        assertEquals(
                new Buckets.Level(59, Duration.ofSeconds(1)),
                buckets.level("a", NOW.plusSeconds(1)));
        assertEquals(new Buckets.Level(60, Duration.ZERO), buckets.level("a", NOW.plusSeconds(60)));
    }

    @Test
    void zero_isNoLimit() {
        Buckets buckets = new Buckets(0);
        for (int i = 0; i < 1_000; i++) {
            assertEquals(Duration.ZERO, buckets.take("a", NOW));
        }
        assertEquals(0, buckets.clients());
    }

    @Test
    void memory_isBounded_andTheBusiestIsNotForgotten() {
        Buckets buckets = new Buckets(1);
        assertEquals(Duration.ZERO, buckets.take("busy", NOW));
        for (int i = 0; i < 2 * Buckets.CLIENTS_MAX; i++) {
            assertEquals(Duration.ZERO, buckets.take("client" + i, NOW));
            if (i % 1_000 == 0) {
                assertTrue(buckets.take("busy", NOW).isPositive());
            }
        }
        assertEquals(Buckets.CLIENTS_MAX, buckets.clients());
    }
}
