package me.owlrun.bench;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Swap latency while the table of spent proofs grows tenfold again and again.
final class Growth {

    private static final long FIRST_ROWS = 10_000;

    private final OwnMint.Command command;
    private final OwnPostgres postgres;
    private final LoadRun.Plan plan;
    private final InstantSource clock;
    private final Consumer<String> screen;

    Growth(
            OwnMint.Command command,
            OwnPostgres postgres,
            LoadRun.Plan plan,
            InstantSource clock,
            Consumer<String> screen) {
        this.command = command;
        this.postgres = postgres;
        this.plan = plan;
        this.clock = clock;
        this.screen = screen;
    }

    /// Fills and measures in turn.
    ///
    /// @param rowsMax the most spent proofs
    /// @return the plot
    String run(long rowsMax, String machine) {
        String url = postgres.url("mint");
        List<Plot.Value> median = new ArrayList<>();
        List<Plot.Value> slow = new ArrayList<>();
        int clients = plan.clients().getFirst();
        try (OwnMint mint = OwnMint.start(command, url)) {
            SpentStore store = new SpentStore(url);
            Map<String, Long> programs = new LinkedHashMap<>();
            programs.put("mint", mint.pid());
            programs.put("postgres", postgres.pid());
            CpuWatch cpu = new CpuWatch(programs);
            LoadRun run = new LoadRun(mint.url(), plan, cpu, new SecureRandom(), clock, screen);
            run.warmUp();
            screen.accept(Result.HEAD);
            long filled = 0;
            for (long rows = FIRST_ROWS; rows <= rowsMax; rows *= 10) {
                store.fill(filled, rows);
                filled = rows;
                Result result = run.swaps(clients, 2, plan.phase());
                screen.accept(result.row() + "  at %,d spent proofs".formatted(rows));
                median.add(new Plot.Value(rows, result.millis(0.5)));
                slow.add(new Plot.Value(rows, result.millis(0.99)));
            }
        }
        return Plot.draw(
                new Plot.Paper(
                        "Swap 2→2 by spent proofs in the database, " + clients + " clients at once",
                        machine,
                        "spent proofs",
                        "latency, ms",
                        false),
                List.of(new Plot.Line("p50", median), new Plot.Line("p99", slow)));
    }
}
