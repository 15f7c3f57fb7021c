package me.owlrun.mint.crash;

import me.owlrun.mint.step.Step;
import me.owlrun.mint.step.Steps;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Halts for ever at the n-th time a chosen step is reached, after it said so: whoever hears it
/// kills the process there.
final class CrashPoint implements Steps {

    private final Consumer<String> say;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Step> seen = EnumSet.noneOf(Step.class);
    private final AtomicInteger left = new AtomicInteger();
    private volatile Optional<Step> armed = Optional.empty();

    /// @param say how the test is told
    CrashPoint(Consumer<String> say) {
        this.say = say;
    }

    /// Chooses the step.
    ///
    /// @param times the first, second… time it is reached from now on
    void arm(Step step, int times) {
        left.set(times);
        armed = Optional.of(step);
    }

    @Override
    public void reached(Step step) {
        lock.lock();
        try {
            if (seen.add(step)) {
                say.accept("step " + step);
            }
        } finally {
            lock.unlock();
        }
        if (armed.filter(step::equals).isPresent() && left.decrementAndGet() == 0) {
            say.accept("halt " + step);
            while (true) {
                LockSupport.park(this);
            }
        }
    }
}
