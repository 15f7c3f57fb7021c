package me.owlrun.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a phase makes of clients that fail in every way.
final class PhaseTest {

    private final Phase phase = new Phase(new CpuWatch(Map.of()), Duration.ofMinutes(1));

    /// A client that does what its fields say.
    private static final class Scripted implements Worker {

        private final int operations;
        private final Optional<Refusal> answer;
        private final boolean settles;
        private int done;
        private int recoveries;
        private boolean closed;

        Scripted(int operations, Optional<Refusal> answer, boolean settles) {
            this.operations = operations;
            this.answer = answer;
            this.settles = settles;
        }

        @Override
        public void prepare() throws Refusal {
            if (operations == 0) {
                throw new Refusal("no answer", false);
            }
        }

        @Override
        public boolean hasNext() {
            return done < operations;
        }

        @Override
        public void operate() throws Refusal {
            done++;
            if (answer.isPresent()) {
                throw answer.get();
            }
        }

        @Override
        public void recover() throws Refusal {
            recoveries++;
            if (!settles) {
                throw new Refusal("no answer", false);
            }
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    @Test
    void run_materialEnds_everySuccessIsCounted() {
        Scripted five = new Scripted(5, Optional.empty(), true);
        Scripted three = new Scripted(3, Optional.empty(), true);
        Result result = phase.run("x", List.of(five, three));
        assertEquals(8, result.nanos().length);
        assertEquals(2, result.clients());
        assertEquals(0, result.errorCount());
        assertTrue(five.closed && three.closed);
    }

    @Test
    void run_refusedForCertain_stopsAfterManyInARow() {
        Scripted refused = refusing("HTTP 400 code 11001", true, true);
        Result result = phase.run("x", List.of(refused));
        assertEquals(
                Map.of("HTTP 400 code 11001", (long) Phase.FAILURES_IN_A_ROW_MAX), result.errors());
        assertEquals(0, refused.recoveries);
        assertEquals(0, result.millis(0.99));
    }

    @Test
    void run_answersLost_areSettledEachTime() {
        Scripted lost = refusing("no answer", false, true);
        Result result = phase.run("x", List.of(lost));
        assertEquals(Phase.FAILURES_IN_A_ROW_MAX, lost.recoveries);
        assertTrue(result.row().contains("20 x no answer"));
    }

    @Test
    void run_neverSettled_stopsThatClientOnly() {
        Scripted dead = refusing("no answer", false, false);
        Scripted fine = new Scripted(3, Optional.empty(), true);
        Result result = phase.run("x", List.of(dead, fine));
        assertEquals(Map.of("no answer", 1L, "never settled", 1L), result.errors());
        assertEquals(3, result.nanos().length);
    }

    @Test
    void run_cannotPrepare_isCounted() {
        Scripted unprepared = new Scripted(0, Optional.empty(), true);
        Result result = phase.run("x", List.of(unprepared));
        assertEquals(Map.of("before the clock: no answer", 1L), result.errors());
        assertTrue(unprepared.closed);
    }

    private static Scripted refusing(String kind, boolean certain, boolean settles) {
        return new Scripted(1000, Optional.of(new Refusal(kind, certain)), settles);
    }
}
