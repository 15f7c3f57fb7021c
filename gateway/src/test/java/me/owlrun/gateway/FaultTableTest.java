package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.mint.testing.TestPostgres;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

/// Every fault of nodes, buyers and the line to the mint, many times: no buyer loses a millisat.
///
/// `-Dowlrun.faults.rounds=N` makes it longer, `-Dowlrun.faults.seed=N` another run,
/// `-Dowlrun.faults.out=FILE` writes the table.
final class FaultTableTest {

    private static final long SEED = Long.getLong("owlrun.faults.seed", 20_261_121);
    private static final int ROUNDS = Integer.getInteger("owlrun.faults.rounds", 50);
    private static final int LANES = 10;
    private static final int ANSWER_BYTES_MAX = 6_000;

    /// One line of the table.
    ///
    /// @param script what nodes do
    /// @param patience when buyers hang up
    /// @param line what the line to the mint does
    /// @param produced whether nodes make words that may be charged for even when nobody hears them
    /// @param ways what has to be seen at least once
    private record Row(
            String fault,
            FaultScript script,
            Function<SplittableRandom, FaultBuyer.Patience> patience,
            FaultLine.Mode line,
            boolean produced,
            List<FaultTally.Way> ways) {}

    private static final List<Row> ROWS =
            List.of(
                    row("none", FaultScript.WELL, FaultTally.Way.ANSWERED),
                    row(
                            "node dies before its first byte",
                            FaultScript.DIES_BEFORE_FIRST_BYTE,
                            FaultTally.Way.REFUNDED),
                    row(
                            "node dies after its first byte",
                            FaultScript.DIES_AFTER_FIRST_BYTE,
                            FaultTally.Way.REFUNDED),
                    row("node falls silent", FaultScript.SILENT, FaultTally.Way.REFUNDED),
                    row("node sends garbage", FaultScript.GARBAGE, FaultTally.Way.REFUNDED),
                    row("usage missing", FaultScript.NO_USAGE, FaultTally.Way.ANSWERED),
                    row("usage inflated", FaultScript.INFLATED_USAGE, FaultTally.Way.ANSWERED),
                    new Row(
                            "buyer hangs up before the first byte",
                            FaultScript.WAITING,
                            random ->
                                    new FaultBuyer.Patience(
                                            Integer.MAX_VALUE, "", random.nextInt(300, 600)),
                            FaultLine.Mode.PASS,
                            false,
                            List.of(FaultTally.Way.RECOVERED)),
                    new Row(
                            "buyer hangs up in mid-stream",
                            FaultScript.DIES_AFTER_FIRST_BYTE,
                            _ -> new FaultBuyer.Patience(Integer.MAX_VALUE, "Hello", 0),
                            FaultLine.Mode.PASS,
                            true,
                            List.of(FaultTally.Way.RECOVERED)),
                    new Row(
                            "answer to the buyer cut anywhere",
                            FaultScript.WELL,
                            random ->
                                    new FaultBuyer.Patience(
                                            random.nextInt(1, ANSWER_BYTES_MAX), "", 0),
                            FaultLine.Mode.PASS,
                            true,
                            List.of(FaultTally.Way.RECOVERED)),
                    new Row(
                            "mint's answer to the claim lost",
                            FaultScript.WELL,
                            _ -> FaultBuyer.Patience.ENDLESS,
                            FaultLine.Mode.LOSE,
                            false,
                            List.of(FaultTally.Way.ANSWERED, FaultTally.Way.RECOVERED)),
                    new Row(
                            "mint's answer to the claim cut anywhere",
                            FaultScript.WELL,
                            _ -> FaultBuyer.Patience.ENDLESS,
                            FaultLine.Mode.CUT,
                            false,
                            List.of(FaultTally.Way.ANSWERED, FaultTally.Way.RECOVERED)));

    private static Row row(String fault, FaultScript script, FaultTally.Way... ways) {
        return new Row(
                fault,
                script,
                _ -> FaultBuyer.Patience.ENDLESS,
                FaultLine.Mode.PASS,
                false,
                List.of(ways));
    }

    @Test
    void buyer_whateverBreaksOutsideTheGateway_losesNothing() {
        try (FaultPlace place = new FaultPlace(TestPostgres.shared(), SEED)) {
            place.startHere();
            for (Row row : ROWS) {
                place.line().mode(row.line());
                FaultTally tally = run(place, row);
                place.line().mode(FaultLine.Mode.PASS);
                reckon(place, tally);
                for (FaultTally.Way way : row.ways()) {
                    assertTrue(tally.ways().contains(way), tally.row());
                }
            }
            FaultTally claim = mintDownAtTheClaim(place);
            reckon(place, claim);
            assertEquals(List.of(FaultTally.Way.UNTOUCHED), claim.ways());
            FaultTally change = mintDownAtChange(place);
            reckon(place, change);
            assertEquals(List.of(FaultTally.Way.ANSWERED), change.ways());
        }
    }

    private static FaultTally run(FaultPlace place, Row row) {
        FaultTally tally = new FaultTally(row.fault());
        new FaultLanes(place, LANES, row.script(), new CountDownLatch(0))
                .run(
                        SEED,
                        lane -> {
                            for (int round = 0; round < ROUNDS / LANES; round++) {
                                if (round > 0 && lane.nodeDies()) {
                                    lane.reconnect();
                                }
                                FaultLane.Begun begun =
                                        lane.buy(row.patience().apply(lane.random()));
                                tally.add(begun.round().collect(begun.seen(), row.produced()));
                            }
                        });
        return tally;
    }

    private static FaultTally mintDownAtTheClaim(FaultPlace place) {
        FaultTally tally = new FaultTally("mint down at the claim");
        place.line().down();
        // Nothing is claimed: the buyers' own way to the mint is another one.
        new FaultLanes(place, LANES, FaultScript.WELL, new CountDownLatch(0))
                .run(
                        SEED,
                        lane -> {
                            for (int round = 0; round < ROUNDS / LANES; round++) {
                                FaultLane.Begun begun = lane.buy(FaultBuyer.Patience.ENDLESS);
                                tally.add(begun.round().collect(begun.seen(), false));
                            }
                        });
        place.line().up();
        return tally;
    }

    /// All answers begin, the mint goes down, all answers end.
    private static FaultTally mintDownAtChange(FaultPlace place) {
        FaultTally tally = new FaultTally("mint down at the change");
        String claimed = "SELECT count(*) FROM payment WHERE state = 'claimed'";
        for (int round = 0; round < ROUNDS / LANES; round++) {
            CountDownLatch go = new CountDownLatch(1);
            new FaultLanes(place, LANES, FaultScript.WELL_WHEN_TOLD, go)
                    .once(
                            SEED + round,
                            tally,
                            false,
                            () -> {
                                Waiting.until("claims", () -> place.number(claimed) == LANES);
                                place.line().down();
                                go.countDown();
                            });
            place.line().up();
        }
        return tally;
    }

    private static void reckon(FaultPlace place, FaultTally tally) {
        FaultTally.TABLE.add(tally);
        place.reckon(tally);
    }

    @AfterAll
    static void print() {
        FaultTally.print(SEED);
    }
}
