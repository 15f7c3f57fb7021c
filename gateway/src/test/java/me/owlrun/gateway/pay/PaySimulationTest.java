package me.owlrun.gateway.pay;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Payments by token and by key from intent to change through bad weather: thousands of seeds, one
/// by one and many at once, and all invariants hold whenever everything is at rest.
final class PaySimulationTest {

    private static final int SEEDS = Integer.getInteger("owlrun.simulation.seeds", 2_000);

    /// Seeds on one database: audits look at everything that ever happened there.
    private static final int SEEDS_PER_DATABASE = 50;

    private static final int GATEWAYS = 2;
    private static final int LANES = 2;

    private static final int CROWD_SEEDS = Integer.getInteger("owlrun.simulation.crowd", 500);
    private static final int CROWD_GATEWAYS = 8;
    private static final int CROWD_SEEDS_PER_AUDIT = 125;

    @Test
    void payments_oneSeedAfterTheOther_loseNothingAfterAnyOfThem() throws Exception {
        List<Callable<PaySimulation.Count>> parts = new ArrayList<>();
        for (int first = 0; first < SEEDS; first += SEEDS_PER_DATABASE) {
            int from = first;
            int end = Math.min(first + SEEDS_PER_DATABASE, SEEDS);
            parts.add(() -> part(from, end));
        }
        int crashes = 0;
        int takenOver = 0;
        try (ExecutorService lanes = Executors.newFixedThreadPool(LANES)) {
            for (Future<PaySimulation.Count> part : lanes.invokeAll(parts)) {
                crashes += part.get().crashes();
                takenOver += part.get().takenOver();
            }
        }
        IO.println(
                "%d seeds, each audited; %d crashes, %d taken over alive"
                        .formatted(SEEDS, crashes, takenOver));
    }

    private static PaySimulation.Count part(int firstSeed, int endSeed) {
        try (PaySimulation simulation = new PaySimulation(GATEWAYS)) {
            for (int seed = firstSeed; seed < endSeed; seed++) {
                simulation.liveAndCheck(seed);
            }
            return simulation.count();
        }
    }

    @Test
    void payments_ofManyGatewaysAtOnce_loseNothing() throws Exception {
        try (PaySimulation simulation = new PaySimulation(CROWD_GATEWAYS)) {
            for (int first = 0; first < CROWD_SEEDS; first += CROWD_SEEDS_PER_AUDIT) {
                simulation.liveTogetherAndCheck(
                        first, Math.min(first + CROWD_SEEDS_PER_AUDIT, CROWD_SEEDS));
            }
            IO.println(
                    "%d seeds at %d gateways at once, %s"
                            .formatted(CROWD_SEEDS, CROWD_GATEWAYS, simulation.count()));
        }
    }
}
