package me.owlrun.gateway;

import me.owlrun.gateway.pay.PayStep;
import me.owlrun.gateway.pay.PaySteps;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/// Halts every thread that reaches a chosen step for ever and says how many did: whoever hears it
/// kills the process.
final class HeldSteps implements PaySteps {

    private final Optional<PayStep> chosen;
    private final IntConsumer say;
    private final AtomicInteger held = new AtomicInteger();

    /// @param chosen the step; none lets everything go on
    /// @param say is told how many are held now
    HeldSteps(Optional<PayStep> chosen, IntConsumer say) {
        this.chosen = chosen;
        this.say = say;
    }

    @Override
    public void reached(PayStep step) {
        if (chosen.filter(step::equals).isEmpty()) {
            return;
        }
        say.accept(held.incrementAndGet());
        while (true) {
            LockSupport.park(this);
        }
    }
}
