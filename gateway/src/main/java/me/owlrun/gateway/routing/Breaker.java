package me.owlrun.gateway.routing;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/// The forgiving breaker of one node (seed `002`): some failures in a short time park it for a
/// moment, then one job decides whether it is back. Failures that the buyer caused and hang-ups do
/// not count. Used under the lock of the [Router].
final class Breaker {

    private final RoutingRules.BreakerRules rules;
    private final Deque<Instant> failures = new ArrayDeque<>();
    private Instant parkedUntil = Instant.MIN;
    private State state = State.CLOSED;

    /// What the breaker says of a node.
    enum State {
        /// It gets jobs.
        CLOSED,
        /// It gets none.
        PARKED,
        /// It may have one job, which decides.
        HALF_OPEN,
        /// The job that decides runs; it gets no other.
        PROBING
    }

    Breaker(RoutingRules.BreakerRules rules) {
        this.rules = rules;
    }

    State state(Instant now) {
        if (state == State.PARKED && !now.isBefore(parkedUntil)) {
            state = State.HALF_OPEN;
        }
        return state;
    }

    /// When a parked node may have its one job.
    Instant parkedUntil() {
        return parkedUntil;
    }

    /// The node got a job.
    void took(Instant now) {
        if (state(now) == State.HALF_OPEN) {
            state = State.PROBING;
        }
    }

    void succeeded(Instant now) {
        State before = state(now);
        if (before == State.PROBING) {
            state = State.CLOSED;
            failures.clear();
        }
    }

    void failed(Instant now) {
        State before = state(now);
        failures.addLast(now);
        while (failures.size() > rules.failuresMax()
                || !failures.getFirst().isAfter(now.minus(rules.window()))) {
            failures.removeFirst();
        }
        if (before == State.PROBING || failures.size() >= rules.failuresMax()) {
            state = State.PARKED;
            parkedUntil = now.plus(rules.parked());
            failures.clear();
        }
    }

    /// A job ended that says nothing about the node; another may decide.
    void neutral(Instant now) {
        if (state(now) == State.PROBING) {
            state = State.HALF_OPEN;
        }
    }
}
