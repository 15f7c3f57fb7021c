package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.mint.testing.ChildImage;
import me.owlrun.mint.testing.TestPostgres;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Two gateways on one database: one takes over from another that hangs and goes on later, or is
/// killed meanwhile; and the same token at both at once.
final class FaultTwoGatewaysTest {

    private static final long SEED = Long.getLong("owlrun.faults.seed", 20_261_121);
    private static final int ROUNDS = Integer.getInteger("owlrun.faults.rounds", 50);
    private static final int SILENT_MILLIS = 15_000;
    private static final String CLAIMED = "SELECT count(*) FROM payment WHERE state = 'claimed'";

    @Test
    void gateway_thatHangsAndGoesOn_paysNothingTwice(@TempDir Path folder) {
        takeOver("gateway hangs, another takes over, it goes on", folder, true);
    }

    @Test
    void gateway_killedWhileAnotherTakesOver_losesNothing(@TempDir Path folder) {
        takeOver("gateway killed while another takes over", folder, false);
    }

    private static void takeOver(String fault, Path folder, boolean goesOn) {
        ChildImage image = ChildImage.pack(CrashingGateway.class, folder);
        try (FaultPlace place = new FaultPlace(TestPostgres.shared(), SEED)) {
            place.startChild(
                    image,
                    "none",
                    "--job.accept=60000",
                    "--job.first_byte=60000",
                    "--job.silence=60000");
            FaultTally tally = new FaultTally(fault);
            CountDownLatch go = new CountDownLatch(1);
            FaultLanes lanes =
                    new FaultLanes(
                            place,
                            place.tokens(),
                            ROUNDS,
                            FaultScript.WELL_WHEN_TOLD,
                            go,
                            new FaultBuyer.Patience(Integer.MAX_VALUE, "", SILENT_MILLIS));
            lanes.once(
                    SEED,
                    tally,
                    false,
                    () -> {
                        // Those in sats may find no kit; whatever the others are at, it stops
                        // there.
                        Waiting.until("claims", () -> place.number(CLAIMED) >= ROUNDS / 2);
                        place.signal("STOP");
                        place.startHere("b");
                        if (!goesOn) {
                            place.kill();
                        }
                    });
            if (goesOn) {
                place.signal("CONT");
                go.countDown();
                place.endChild();
            }
            FaultTally.TABLE.add(tally);
            place.reckon(tally);
        }
    }

    @Test
    void token_atTwoGatewaysAtOnce_paysForOneJob() throws Exception {
        try (FaultPlace place = new FaultPlace(TestPostgres.shared(), SEED);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            place.startHere("a");
            String first = place.url();
            place.startHere("b");
            String second = place.url();
            FaultTally tally = new FaultTally("same token at two gateways at once");
            List<String> hello =
                    List.of(
                            "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello\"}}]}",
                            "[DONE]");
            try (TestNode one = TestNode.answering(first, "both:1b", hello);
                    TestNode other = TestNode.answering(second, "both:1b", hello)) {
                for (int i = 0; i < ROUNDS; i++) {
                    CurrencyUnit unit = i % 2 == 0 ? CurrencyUnit.SAT : CurrencyUnit.MSAT;
                    FaultRound round = new FaultTokenRound(place.purse(), place::url, unit);
                    Future<FaultBuyer.Seen> here =
                            threads.submit(() -> buy(first, round.headers()));
                    FaultBuyer.Seen there = buy(second, round.headers());
                    FaultBuyer.Seen beside = here.get();
                    boolean served = beside.status() == 200;
                    assertTrue(!served || there.status() != 200, "served twice for one token");
                    tally.add(round.collect(served ? beside : there, true));
                }
                assertTrue(one.key().startsWith("owlr_prov_") && !other.key().isEmpty());
            }
            FaultTally.TABLE.add(tally);
            place.reckon(tally);
        }
    }

    private static FaultBuyer.Seen buy(String url, String paying) {
        return FaultBuyer.buy(url, paying, "both:1b", true, FaultBuyer.Patience.ENDLESS);
    }

    @AfterAll
    static void print() {
        FaultTally.print(SEED);
    }
}
