package me.owlrun.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/// The rows of the fault table that are about moves: all are asked for at once while a fault
/// happens, and each is seen to its end.
///
/// @param rounds moves of a row
/// @param maker makes the move of a lane
record FaultMoves(FaultPlace place, int rounds, IntFunction<FaultMove> maker) {

    /// All at once, the fault beside them.
    void row(String fault, Runnable beside) {
        FaultTally tally = new FaultTally(fault);
        wave(tally, 0, rounds, beside);
        FaultTally.TABLE.add(tally);
        place.reckon(tally);
    }

    /// A part at a time, each with a fault of its own.
    void row(String fault, int atOnce, Runnable beside) {
        FaultTally tally = new FaultTally(fault);
        for (int first = 0; first < rounds; first += atOnce) {
            wave(tally, first, Math.min(first + atOnce, rounds), beside);
        }
        FaultTally.TABLE.add(tally);
        place.reckon(tally);
    }

    private void wave(FaultTally tally, int first, int end, Runnable beside) {
        List<FaultMove> moves = new ArrayList<>();
        for (int lane = first; lane < end; lane++) {
            moves.add(maker.apply(lane));
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (FaultMove move : moves) {
                running.add(threads.submit(() -> tally.add(move.end(move.ask()))));
            }
            beside.run();
            running.forEach(FaultMoves::get);
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
