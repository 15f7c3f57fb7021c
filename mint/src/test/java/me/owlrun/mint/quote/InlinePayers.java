package me.owlrun.mint.quote;

import me.owlrun.mint.testing.TestClock;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;

/// Runs payments at once on the thread that starts them, and waits by moving the clock.
///
/// @param clock moved by every wait
/// @param isStopping whether the process is about to stop, asked at every wait
record InlinePayers(TestClock clock, BooleanSupplier isStopping) implements Payers {

    @Override
    public boolean areBusy() {
        return false;
    }

    @Override
    public <T> Future<T> start(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        task.run();
        return task;
    }

    @Override
    public boolean rest(Duration duration) {
        clock.advance(duration);
        return !isStopping.getAsBoolean();
    }

    @Override
    public void close() {}
}
