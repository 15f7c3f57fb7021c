package me.owlrun.gateway.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// When a quiet connection is asked and when it is cut, on a clock that the test turns.
final class PulseTest {

    private final AtomicLong nanos = new AtomicLong(-5);

    private void passes(long seconds) {
        nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
    }

    @Test
    void look_afterNinetySecondsOfSilence_isDead() {
        Pulse pulse = new Pulse(Duration.ofSeconds(90), nanos::get);
        passes(45);
        assertEquals(Pulse.Verdict.ALIVE, pulse.look());
        passes(1);
        assertEquals(Pulse.Verdict.ASK, pulse.look());
        assertEquals(Pulse.Verdict.ALIVE, pulse.look());
        passes(44);
        assertEquals(Pulse.Verdict.ALIVE, pulse.look());
        passes(1);
        assertEquals(Pulse.Verdict.DEAD, pulse.look());
    }

    @Test
    void look_afterTheGatewayItselfWasHeldUp_asksBeforeItCuts() {
        Pulse pulse = new Pulse(Duration.ofSeconds(90), nanos::get);
        passes(46);
        assertEquals(Pulse.Verdict.ASK, pulse.look());
        pulse.heard();
        passes(3_600);
        assertEquals(Pulse.Verdict.ASK, pulse.look());
        passes(44);
        assertEquals(Pulse.Verdict.ALIVE, pulse.look());
        passes(1);
        assertEquals(Pulse.Verdict.DEAD, pulse.look());
    }

    @Test
    void heard_always_beginsAnew() {
        Pulse pulse = new Pulse(Duration.ofSeconds(90), nanos::get);
        for (int i = 0; i < 5; i++) {
            passes(80);
            assertEquals(Pulse.Verdict.ASK, pulse.look());
            pulse.heard();
            assertEquals(Pulse.Verdict.ALIVE, pulse.look());
        }
    }

    @Test
    void allowance_floodOfHeartbeats_isThinnedOut() {
        Allowance allowance = new Allowance(3, Duration.ofSeconds(1), nanos::get);
        for (int i = 0; i < 3; i++) {
            assertTrue(allowance.take());
        }
        assertFalse(allowance.take());
        passes(2);
        assertTrue(allowance.take());
        assertTrue(allowance.take());
        assertFalse(allowance.take());
        passes(1_000_000);
        for (int i = 0; i < 3; i++) {
            assertTrue(allowance.take());
        }
        assertFalse(allowance.take());
    }
}
