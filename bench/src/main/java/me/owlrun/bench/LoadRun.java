package me.owlrun.bench;

import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// A whole run against one mint: warm-up, every operation at every number of clients, audit.
final class LoadRun {

    /// What can be done.
    static final List<String> OPERATIONS = List.of("swap2", "swap4", "check", "melt");

    /// More than any mint on one machine does in a second; bounds what is prepared.
    private static final int SWAPS_PER_SECOND_MAX = 4_000;

    private static final int WARM_UP_CLIENTS = 8;
    private static final int CHECK_SHARE = 4;
    private static final int CHECKED = 100;
    private static final long COIN_SAT = 1;
    private static final long MELT_COIN_SAT = 16;
    private static final long INVOICE_SAT = 8;
    private static final int BLANKS = 4;

    private final Plan plan;
    private final Target target;
    private final Books books = new Books();
    private final Supply supply;
    private final CpuWatch cpu;
    private final Consumer<String> screen;
    private final List<Result> results = new ArrayList<>();

    /// What to run.
    ///
    /// @param clients how many at once, one figure per round
    /// @param operations some of [#OPERATIONS]
    /// @param phase how long one operation is run at one number of clients
    /// @param warmUp how long the mint is warmed up
    /// @param meltsMax payments per round
    record Plan(
            List<Integer> clients,
            List<String> operations,
            Duration phase,
            Duration warmUp,
            int meltsMax) {}

    /// @param cpu whose processor time is counted
    /// @param screen where the table goes, line by line
    LoadRun(
            URI url,
            Plan plan,
            CpuWatch cpu,
            RandomGenerator random,
            InstantSource clock,
            Consumer<String> screen) {
        this.plan = plan;
        this.target = Target.read(url);
        this.supply = new Supply(target, books, random, clock);
        this.cpu = cpu;
        this.screen = screen;
    }

    Report run() {
        screen.accept("mint " + target.name() + " at " + target.url());
        warmUp();
        screen.accept(Result.HEAD);
        for (int clients : plan.clients()) {
            for (String operation : plan.operations()) {
                keep(run(operation, clients));
            }
        }
        try (MintClient client = new MintClient(target)) {
            Audit audit = Audit.of(books, client);
            screen.accept(audit.text());
            return new Report(target.name(), target.url(), List.copyOf(results), audit);
        }
    }

    private Result run(String operation, int clients) {
        return switch (operation) {
            case "swap2" -> swaps(clients, 2, plan.phase());
            case "swap4" -> swaps(clients, 4, plan.phase());
            case "check" -> checks(clients, plan.phase());
            default -> melts(clients);
        };
    }

    void warmUp() {
        if (plan.warmUp().isPositive()) {
            var _ = swaps(WARM_UP_CLIENTS, 2, plan.warmUp());
            var _ = checks(WARM_UP_CLIENTS, plan.warmUp().dividedBy(CHECK_SHARE));
        }
    }

    private void keep(Result result) {
        results.add(result);
        screen.accept(result.row());
    }

    Result swaps(int clients, int size, Duration longest) {
        int each = perClient(clients, longest);
        List<Coin> coins = supply.coins(Supply.amounts(clients * size, COIN_SAT));
        List<SwapWorker> workers = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            List<List<Output>> outputs = new ArrayList<>(each);
            for (int j = 0; j < each; j++) {
                outputs.add(supply.outputs(size));
            }
            List<Coin> own = coins.subList(i * size, (i + 1) * size);
            workers.add(new SwapWorker(new MintClient(target), books, own, outputs));
        }
        return new Phase(cpu, longest).run("swap %d>%d".formatted(size, size), workers);
    }

    /// A client of many gets a fair share and a margin; alone it is bounded by latency.
    private static int perClient(int clients, Duration longest) {
        long total = SWAPS_PER_SECOND_MAX * Math.max(1, longest.toSeconds());
        return (int) Math.ceilDiv(total, clients);
    }

    private Result checks(int clients, Duration longest) {
        List<CheckWorker> workers = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            workers.add(
                    new CheckWorker(
                            new MintClient(target),
                            supply.outputs(CHECKED).stream().map(Output::y).toList(),
                            Integer.MAX_VALUE));
        }
        return new Phase(cpu, longest).run("checkstate", workers);
    }

    private Result melts(int clients) {
        int each = Math.max(1, plan.meltsMax() / clients);
        List<Coin> coins = supply.coins(Supply.amounts(clients * each, MELT_COIN_SAT));
        List<MeltWorker> workers = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            List<MeltWorker.Payment> payments = new ArrayList<>();
            for (Coin coin : coins.subList(i * each, (i + 1) * each)) {
                payments.add(
                        new MeltWorker.Payment(
                                supply.invoice(INVOICE_SAT), coin, supply.outputs(BLANKS)));
            }
            workers.add(new MeltWorker(new MintClient(target), books, payments));
        }
        return new Phase(cpu, plan.phase()).run("melt", workers);
    }
}
