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
/// @param payers how their buyers pay
/// @param count how many
/// @param script what their nodes do
/// @param go the sign, for scripts that wait for one
/// @param patience when buyers hang up
record FaultLanes(
        FaultPlace place,
        FaultPayers payers,
        int count,
        FaultScript script,
        CountDownLatch go,
        FaultBuyer.Patience patience) {

    /// With buyers who pay by tokens and wait for the end.
    FaultLanes(FaultPlace place, int count, FaultScript script, CountDownLatch go) {
        this(place, place.tokens(), count, script, go, FaultBuyer.Patience.ENDLESS);
    }

    /// With buyers who want their change in blanks.
    FaultLanes withBlanks() {
        return new FaultLanes(place, place.tokensWithBlanks(), count, script, go, patience);
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
                            try (FaultLane lane = lane(number, own)) {
                                work.run(lane);
                            }
                        }));
            }
            running.forEach(FaultLanes::get);
        }
    }

    private FaultLane lane(int number, SplittableRandom own) {
        return new FaultLane(place, payers, number, script, own, go);
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
