package me.owlrun.agent.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

/// Waits grow, are spread, stay within their bounds, and begin anew after success.
final class BackoffTest {
    @Test
    void next_afterManyFailures_staysWithinTheGrowingWindow() {
        Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30), new Random(1));
        for (int failure = 0; failure < 100; failure++) {
            long window = Math.min(30, 1L << Math.min(failure, 10));
            Duration wait = backoff.next();
            assertTrue(wait.compareTo(Duration.ofSeconds(window)) <= 0, wait::toString);
            assertTrue(wait.compareTo(Duration.ofMillis(window * 100)) >= 0, wait::toString);
        }
        backoff.reset();
        assertTrue(backoff.next().compareTo(Duration.ofSeconds(1)) <= 0);
    }

    @Test
    void next_ofManyNodes_isSpread() {
        Set<Long> tenths = new HashSet<>();
        for (int node = 0; node < 200; node++) {
            Backoff backoff =
                    new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30), new Random(node));
            tenths.add(backoff.next().toMillis() / 100);
        }
        assertEquals(9, tenths.size());
    }
}
