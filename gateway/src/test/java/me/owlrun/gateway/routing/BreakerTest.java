package me.owlrun.gateway.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.time.Instant;

/// The numbers of seed `002`: three failures in 60 seconds, parked for 15, one probe.
final class BreakerTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Breaker breaker = new Breaker(RoutingRules.STANDARD.breaker());

    private static Instant at(double seconds) {
        return START.plusMillis(Math.round(seconds * 1_000));
    }

    @Test
    void state_afterTwoFailures_isClosed() {
        breaker.failed(at(0));
        breaker.failed(at(1));
        assertEquals(Breaker.State.CLOSED, breaker.state(at(1)));
    }

    @Test
    void state_afterThreeFailuresInAMinute_isParkedFor15Seconds() {
        breaker.failed(at(0));
        breaker.failed(at(30));
        breaker.failed(at(59.9));
        assertEquals(Breaker.State.PARKED, breaker.state(at(59.9)));
        assertEquals(at(74.9), breaker.parkedUntil());
        assertEquals(Breaker.State.PARKED, breaker.state(at(74.8)));
        assertEquals(Breaker.State.HALF_OPEN, breaker.state(at(74.9)));
    }

    @Test
    void state_afterThreeFailuresInMoreThanAMinute_isClosed() {
        breaker.failed(at(0));
        breaker.failed(at(30));
        breaker.failed(at(60));
        assertEquals(Breaker.State.CLOSED, breaker.state(at(60)));
        breaker.failed(at(61));
        assertEquals(Breaker.State.PARKED, breaker.state(at(61)));
    }

    private void park() {
        breaker.failed(at(0));
        breaker.failed(at(1));
        breaker.failed(at(2));
    }

    @Test
    void probe_thatSucceeds_letsTheNodeFullyIn() {
        park();
        breaker.took(at(17));
        assertEquals(Breaker.State.PROBING, breaker.state(at(17)));
        breaker.succeeded(at(18));
        assertEquals(Breaker.State.CLOSED, breaker.state(at(18)));
        breaker.failed(at(19));
        breaker.failed(at(20));
        assertEquals(Breaker.State.CLOSED, breaker.state(at(20)), "it begins anew");
    }

    @Test
    void probe_thatFails_parksAgain() {
        park();
        breaker.took(at(17));
        breaker.failed(at(18));
        assertEquals(Breaker.State.PARKED, breaker.state(at(32.9)));
        assertEquals(Breaker.State.HALF_OPEN, breaker.state(at(33)));
    }

    @Test
    void probe_ofABuyerWhoHangsUp_isMadeAgain() {
        park();
        breaker.took(at(17));
        breaker.neutral(at(18));
        assertEquals(Breaker.State.HALF_OPEN, breaker.state(at(18)));
    }

    @Test
    void neutral_howeverOften_changesNothing() {
        for (int i = 0; i < 100; i++) {
            breaker.neutral(at(i));
        }
        assertEquals(Breaker.State.CLOSED, breaker.state(at(100)));
    }

    @Test
    void success_ofAnOlderJobWhileParked_doesNotLetItIn() {
        park();
        breaker.succeeded(at(3));
        assertEquals(Breaker.State.PARKED, breaker.state(at(3)));
    }
}
