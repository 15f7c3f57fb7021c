package me.owlrun.gateway.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.gateway.routing.Market.Kind;
import me.owlrun.gateway.routing.Market.Machine;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;

/// What seed `002` promises, seen in a market of many machines and many days.
final class MarketSimulationTest {

    private static final long SEED = Long.getLong("owlrun.market.seed", 20_261_121);
    private static final String MODEL = "m:8b";
    private static final Duration WEEK = Duration.ofDays(7);
    private static final Duration DAY = Duration.ofDays(1);

    private static LongSummaryStatistics done(List<Machine> machines) {
        return machines.stream().mapToLong(machine -> machine.done).summaryStatistics();
    }

    private static List<Machine> join(Market market, int count, String name, Kind kind) {
        List<Machine> machines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            machines.add(market.join(name + i, kind, WEEK));
        }
        return machines;
    }

    @Test
    void equalMachines_shareEqually() {
        Market market = new Market(SEED);
        List<Machine> machines = join(market, 200, "n", Kind.steady(MODEL, 2, 40));
        market.demand(MODEL, Duration.ofMillis(250));
        market.run(DAY);
        LongSummaryStatistics jobs = done(machines);
        assertEquals(0, market.unserved());
        assertTrue(jobs.getMin() > 0.75 * jobs.getAverage(), jobs.toString());
        assertTrue(jobs.getMax() < 1.25 * jobs.getAverage(), jobs.toString());
    }

    @Test
    void fastAndSlowMachines_areEquallyFairCandidatesWhileIdle() {
        Market market = new Market(SEED);
        List<Machine> fast = join(market, 100, "h100-", Kind.steady(MODEL, 1, 200));
        List<Machine> slow = join(market, 100, "home-", Kind.steady(MODEL, 1, 12));
        market.demand(MODEL, Duration.ofSeconds(4));
        market.run(Duration.ofDays(4));
        assertEquals(0, market.unserved());
        double ratio = done(slow).getAverage() / done(fast).getAverage();
        assertTrue(ratio > 0.85 && ratio <= 1.02, "slow to fast " + ratio);
    }

    @Test
    void capacity_countsTheMoreTheFullerTheMarketIs() {
        double idle = bigToSmall(Duration.ofSeconds(1));
        double busy = bigToSmall(Duration.ofMillis(14)); // 5 s each: 357 of 500 places
        double full = bigToSmall(Duration.ofMillis(10)); // all of them
        System.out.printf(
                "Jobs of a node of 8 places to those of one of 2: idle %.2f, busy %.2f,"
                        + " full %.2f%n",
                idle, busy, full);
        assertEquals(1, idle, 0.15, "equally idle nodes share");
        assertTrue(busy > 1.5 * idle);
        assertEquals(4, full, 0.6, "places 8 to 2");
    }

    private static double bigToSmall(Duration meanGap) {
        Market market = new Market(SEED);
        List<Machine> small = join(market, 50, "small", Kind.steady(MODEL, 2, 40));
        List<Machine> big = join(market, 50, "big", Kind.steady(MODEL, 8, 40));
        market.demand(MODEL, meanGap);
        market.run(Duration.ofHours(3));
        return done(big).getAverage() / done(small).getAverage();
    }

    @Test
    void newcomer_growsWithinAWeekOnlineToAFullShare() {
        Market market = new Market(SEED);
        List<Machine> old = join(market, 40, "old", Kind.steady(MODEL, 1, 60));
        List<Machine> fresh = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            fresh.add(market.join("new" + i, Kind.steady(MODEL, 1, 60), Duration.ZERO));
        }
        market.demand(MODEL, Duration.ofSeconds(1));
        market.run(Duration.ofDays(15).plusSeconds(1));
        List<Double> shares = new ArrayList<>();
        for (int day = 0; day < 15; day++) {
            shares.add(onDay(fresh, day) / onDay(old, day));
        }
        System.out.println("Newcomers' jobs a day, of an old node's: " + percents(shares));
        assertTrue(shares.getFirst() > 0.2 && shares.getFirst() < 0.45, shares.toString());
        for (int day = 1; day < 7; day++) {
            assertTrue(shares.get(day) > shares.get(day - 1) - 0.03, shares.toString());
        }
        assertEquals(1, shares.getLast(), 0.08);
    }

    private static double onDay(List<Machine> machines, int day) {
        return machines.stream().mapToLong(machine -> machine.doneByDay.get(day)).sum();
    }

    private static List<String> percents(List<Double> shares) {
        return shares.stream().map(share -> Math.round(share * 100) + "%").toList();
    }

    @Test
    void thousandsOfMachines_thatComeAndGo_noneStarves() {
        Market market = new Market(SEED);
        for (int i = 0; i < 3_000; i++) {
            Kind kind =
                    Kind.steady(MODEL, 1 + i % 4, 8 + i % 150)
                            .failing(i % 10 == 0 ? 0.05 : 0.001)
                            .churning(Duration.ofHours(2 + i % 20), Duration.ofHours(1 + i % 9));
            var _ = market.join("n" + i, kind, i % 3 == 0 ? Duration.ZERO : WEEK);
        }
        market.demand(MODEL, Duration.ofMillis(400));
        market.run(Duration.ofDays(3));
        List<Machine> there =
                market.machines().stream()
                        .filter(machine -> machine.online.compareTo(DAY) > 0)
                        .toList();
        assertTrue(there.size() > 2_000, "" + there.size());
        there.forEach(machine -> assertTrue(machine.done > 0, machine.toString()));
        assertEquals(0, market.unserved());
    }

    @Test
    void badMachine_isParkedAndComesBackWhenItIsWell() {
        Market market = new Market(SEED);
        var _ = join(market, 9, "good", Kind.steady(MODEL, 1, 60));
        Machine bad = market.join("bad", Kind.steady(MODEL, 1, 60).failing(1), WEEK);
        market.demand(MODEL, Duration.ofSeconds(2));
        market.run(Duration.ofHours(1));
        // Not one more than three in the first minute and then one each 15 seconds.
        assertTrue(bad.offered <= 3 + 3_600 / 15, bad.toString());
        assertEquals(0, market.unserved(), "others did its jobs");
        bad.kind = Kind.steady(MODEL, 1, 60);
        market.run(Duration.ofDays(16));
        double share = bad.doneByDay.getLast() / (24 * 3_600 / 2.0);
        assertEquals(0.1, share, 0.02, "a tenth for one of ten");
    }

    @Test
    void sameSeed_sameMarket() {
        assertEquals(smallMarket(), smallMarket());
    }

    private static List<String> smallMarket() {
        Market market = new Market(SEED);
        for (int i = 0; i < 20; i++) {
            Kind kind = Kind.steady(MODEL, 2, 30).failing(0.1);
            var _ = market.join("n" + i, kind.churning(DAY, DAY), WEEK);
        }
        market.demand(MODEL, Duration.ofSeconds(5));
        market.run(DAY);
        return market.machines().stream().map(Machine::toString).toList();
    }
}
