package me.owlrun.mint.quote;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;

/// The threads that payments run on.
interface Payers extends AutoCloseable {

    /// Whether so much is going on that nothing more should be begun.
    boolean areBusy();

    /// Starts some work. Its failure is logged besides being in the result.
    ///
    /// @throws java.util.concurrent.RejectedExecutionException when they are closed
    <T> Future<T> start(Callable<T> work);

    /// Waits, on the thread that calls.
    ///
    /// @return false when there is no time left for it: the process is about to stop
    boolean rest(Duration duration);

    /// Waits for the work at hand, though not for ever.
    @Override
    void close();
}
