package me.owlrun.gateway.bounty;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Buying from oneself loses in every market that a seed can make. With `-Dowlrun.plots=FOLDER` it
/// draws `economy-wash.svg` there.
final class WashSimulationTest {

    private static final int DAYS = 120;
    private static final int SEEDS = Integer.getInteger("owlrun.wash.seeds", 100);
    private static final int DRAWN = 6;

    @Test
    void wash_inEveryMarket_loses() throws IOException {
        List<List<Long>> drawn = new ArrayList<>();
        List<Long> unbounded = List.of();
        long bounties = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            WashMarket market = new WashMarket(TestRules.usual(), seed);
            market.run(DAYS);
            List<Long> net = market.netByDay();
            for (int day = 1; day < DAYS; day++) {
                assertTrue(
                        net.get(day) <= net.get(day - 1), "seed " + seed + " wins on day " + day);
            }
            assertTrue(net.getLast() < 0, "seed " + seed);
            assertFalse(market.pool().sats().isNegative());
            bounties += market.bountiesMsat();
            if (seed < DRAWN) {
                drawn.add(net);
            }
            if (seed == 0) {
                unbounded = market.unboundedByDay();
            }
        }
        assertTrue(bounties > 0, "the simulation pays no bounties");
        assertTrue(unbounded.getLast() > 0, "nothing is gained without the bound either");
        Optional<Path> folder =
                Optional.ofNullable(System.getProperty("owlrun.plots")).map(Path::of);
        if (folder.isPresent()) {
            var _ =
                    Files.writeString(
                            folder.get().resolve("economy-wash.svg"),
                            WashPlot.draw(drawn, unbounded));
        }
    }
}
