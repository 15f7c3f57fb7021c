package me.owlrun.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Many lanes at work at once.
///
/// @param count how many
/// @param script what their nodes do
/// @param go the sign, for scripts that wait for one
/// @param patience when buyers hang up
/// @param blanks whether they want their change in blanks
record FaultLanes(
        FaultPlace place,
        int count,
        FaultScript script,
        CountDownLatch go,
        FaultBuyer.Patience patience,
        boolean blanks) {

    /// With buyers who wait for the end.
    FaultLanes(FaultPlace place, int count, FaultScript script, CountDownLatch go) {
        this(place, count, script, go, FaultBuyer.Patience.ENDLESS, false);
    }

    /// With buyers who take their change as a token.
    FaultLanes(
            FaultPlace place,
            int count,
            FaultScript script,
            CountDownLatch go,
            FaultBuyer.Patience patience) {
        this(place, count, script, go, patience, false);
    }

    /// With buyers who want their change in blanks.
    FaultLanes withBlanks() {
        return new FaultLanes(place, count, script, go, patience, true);
    }

    /// What one lane does.
    @FunctionalInterface
    interface Work {
        /// Does it.
        void run(FaultLane lane);
    }

    /// Runs them to their ends.
    void run(long seed, Work work) {
        SplittableRandom random = new SplittableRandom(seed);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int number = i;
                SplittableRandom own = random.split();
                running.add(
                        threads.submit(() -> {
                            try (FaultLane lane =
                                    new FaultLane(place, number, script, own, go, blanks)) {
                                work.run(lane);
                            }
                        }));
            }
            running.forEach(FaultLanes::get);
        }
    }

    /// One payment per lane while a fault happens beside them.
    ///
    /// @param produced whether nodes make words that may be charged for even when nobody hears them
    void once(long seed, FaultTally tally, boolean produced, Runnable fault) {
        try (ExecutorService side = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch begun = new CountDownLatch(count);
            Future<?> beside =
                    side.submit(() -> {
                        begun.await();
                        fault.run();
                        return null;
                    });
            run(
                    seed,
                    lane -> {
                        begun.countDown();
                        FaultLane.Begun bought = lane.buy(patience);
                        tally.add(bought.round().collect(bought.seen(), produced));
                    });
            get(beside);
        }
    }

    private static void get(Future<?> future) {
        try {
            future.get();
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
