package me.owlrun.gateway.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.gateway.routing.Market.Kind;
import me.owlrun.gateway.routing.Market.Machine;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// A market of thousands of machines with everything at once: mixed hardware, newcomers, churn,
/// demand that shifts, machines that fail, and supply that follows an incentive. With
/// `-Dowlrun.market.svg=FOLDER` it is larger and drawn.
final class MarketPlotTest {

    private static final String FOLDER = System.getProperty("owlrun.market.svg", "");
    private static final long SEED = Long.getLong("owlrun.market.seed", 20_261_121);
    private static final boolean DRAWN = !FOLDER.isEmpty();
    private static final Duration WEEK = Duration.ofDays(7);
    private static final String MODEL = "m:8b";
    private static final String WANTED = "m:70b";

    private static void draw(
            String file,
            String title,
            String subtitle,
            String across,
            String up,
            List<Svg.Line> lines) {
        if (DRAWN) {
            Svg.write(Path.of(FOLDER, file), new Svg.Paper(title, subtitle, across, up), lines);
        }
    }

    @Test
    void load_isSharedByAvailability_andNobodyStarves() {
        int count = DRAWN ? 3_000 : 300;
        Market market = new Market(SEED);
        for (int i = 0; i < count; i++) {
            Kind kind =
                    Kind.steady(MODEL, 1 + i % 8, 8 + i % 190)
                            .failing(i % 20 == 0 ? 0.2 : 0.001)
                            .churning(Duration.ofHours(4 + i % 20), Duration.ofHours(1 + i % 5));
            var _ = market.join("n" + i, kind, i % 4 == 0 ? Duration.ZERO : WEEK);
        }
        market.demand(MODEL, Duration.ofMillis(720_000 / count));
        market.run(Duration.ofDays(1));
        market.shift(MODEL, Duration.ofMillis(360_000 / count));
        market.run(Duration.ofDays(1));
        List<Machine> there =
                market.machines().stream()
                        .filter(machine -> machine.online.compareTo(Duration.ofHours(12)) > 0)
                        .toList();
        there.forEach(machine -> assertTrue(machine.done > 0, machine.toString()));
        assertTrue(market.unserved() < market.served() / 1_000, "unserved " + market.unserved());
        List<Svg.Line> lines = new ArrayList<>();
        for (int places : List.of(1, 2, 4, 8)) {
            List<Double> rates =
                    there.stream()
                            .filter(machine -> machine.kind.capacity() == places)
                            .map(machine -> machine.done / (double) machine.online.toHours())
                            .sorted(Comparator.naturalOrder())
                            .toList();
            List<Svg.Point> points = new ArrayList<>();
            for (int i = 0; i < rates.size(); i++) {
                points.add(new Svg.Point(100.0 * i / rates.size(), rates.get(i)));
            }
            lines.add(new Svg.Line(places + " places", points));
        }
        draw(
                "market-share.svg",
                "Jobs an hour online, of every machine, by its places",
                count + " machines, 8 to 197 tok/s, coming and going; demand doubles on day two",
                "machines from the least to the most, %",
                "jobs/h",
                lines);
    }

    @Test
    void newcomers_growAndABadMachineIsParkedAndComesBack() {
        Market market = new Market(SEED);
        List<Machine> old = new ArrayList<>();
        List<Machine> fresh = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            old.add(market.join("old" + i, Kind.steady(MODEL, 1, 60), WEEK));
            fresh.add(market.join("new" + i, Kind.steady(MODEL, 1, 60), Duration.ZERO));
        }
        Machine bad = market.join("bad", Kind.steady(MODEL, 1, 60), WEEK);
        market.demand(MODEL, Duration.ofSeconds(DRAWN ? 4 : 12));
        int days = 24;
        for (int day = 0; day < days; day++) {
            if (day == 3) {
                bad.kind = bad.kind.failing(1);
            }
            if (day == 5) {
                bad.kind = bad.kind.failing(0);
            }
            market.run(Duration.ofDays(1));
        }
        market.run(Duration.ofSeconds(1));
        List<Svg.Point> newcomers = new ArrayList<>();
        List<Svg.Point> failing = new ArrayList<>();
        for (int day = 0; day < days; day++) {
            double each = onDay(old, day) / old.size();
            newcomers.add(new Svg.Point(day, 100 * onDay(fresh, day) / fresh.size() / each));
            failing.add(new Svg.Point(day, 100 * onDay(List.of(bad), day) / each));
        }
        assertTrue(newcomers.getFirst().up() < 50, newcomers.toString());
        assertEquals(100, newcomers.getLast().up(), 12);
        assertTrue(failing.get(4).up() < 5, failing.toString());
        assertTrue(failing.getLast().up() > 80, failing.toString());
        draw(
                "market-ramp.svg",
                "Newcomers, and a machine that fails on days 3 and 4",
                "jobs a day, of those of an old and healthy machine",
                "days",
                "%",
                List.of(
                        new Svg.Line("newcomers", newcomers),
                        new Svg.Line("fails for two days", failing)));
    }

    private static double onDay(List<Machine> machines, int day) {
        return machines.stream().mapToLong(machine -> machine.doneByDay.get(day)).sum();
    }

    /// Each hour an owner whose machine has little to do may move to the model that pays more by
    /// the unmet share of its demand. What exactly a bounty pays is not the router's; this is where
    /// its formula goes in.
    @Test
    void supply_thatFollowsAnIncentive_meetsTheDemand() {
        double still = unmet(0, "market-still");
        double moved = unmet(0.05, "market-moves");
        assertTrue(still > 0.35, "without: " + still);
        assertTrue(moved < 0.1, "with: " + moved);
    }

    private static double unmet(double moving, String name) {
        Market market = new Market(SEED);
        for (int i = 0; i < 200; i++) {
            var _ = market.join(name + i, Kind.steady(i < 20 ? WANTED : MODEL, 1, 20), WEEK);
        }
        market.demand(MODEL, Duration.ofMillis(500));
        market.demand(WANTED, Duration.ofMillis(200));
        List<Svg.Point> points = new ArrayList<>();
        Hour hour = new Hour();
        market.every(
                Duration.ofHours(1),
                () -> {
                    double share = hour.unmet(market);
                    points.add(new Svg.Point(points.size() + 1.0, 100 * share));
                    long movers = Math.round(moving * market.machines().size() * share);
                    market.machines().stream()
                            .filter(machine -> machine.kind.model().equals(MODEL))
                            .limit(share > 0.01 ? Math.max(0, movers) : 0)
                            .toList()
                            .forEach(machine -> market.move(machine, WANTED));
                });
        market.run(Duration.ofDays(2));
        draw(
                name + ".svg",
                moving > 0 ? "Supply that follows an incentive" : "Supply that stays",
                "demand for a model that nobody can meet, of all demand for both",
                "hours",
                "%",
                List.of(new Svg.Line("unmet", points)));
        return points.getLast().up() / 100;
    }

    /// What happened since the last hour.
    private static final class Hour {
        private long served;
        private long unserved;

        private double unmet(Market market) {
            long done = market.served() - served;
            long lost = market.unserved() - unserved;
            served = market.served();
            unserved = market.unserved();
            return lost / (double) Math.max(1, done + lost);
        }
    }
}
