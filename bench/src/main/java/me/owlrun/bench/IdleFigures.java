package me.owlrun.bench;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// Start time and idle resident memory of our mint as a process.
final class IdleFigures {

    private static final int STARTS = 5;
    private static final Duration SETTLE = Duration.ofSeconds(10);
    private static final double BYTES_PER_MB = 1e6;

    private final OwnMint.Command command;
    private final OwnPostgres postgres;
    private final Consumer<String> screen;

    IdleFigures(OwnMint.Command command, OwnPostgres postgres, Consumer<String> screen) {
        this.command = command;
        this.postgres = postgres;
        this.screen = screen;
    }

    void run(long rows) {
        String url = postgres.url("mint");
        measure("empty database, first start", url, 1);
        measure("empty database", url, STARTS);
        long start = System.nanoTime();
        new SpentStore(url).fill(0, rows);
        screen.accept(
                "%,d spent proofs filled in within %d s"
                        .formatted(rows, Duration.ofNanos(System.nanoTime() - start).toSeconds()));
        measure("%,d spent proofs".formatted(rows), url, STARTS);
    }

    private void measure(String what, String url, int starts) {
        long fastest = Long.MAX_VALUE;
        long slowest = 0;
        long cpu = Long.MAX_VALUE;
        long resident = 0;
        for (int i = 0; i < starts; i++) {
            try (OwnMint mint = OwnMint.start(command, url)) {
                fastest = Math.min(fastest, mint.startTime().toMillis());
                slowest = Math.max(slowest, mint.startTime().toMillis());
                cpu = Math.min(cpu, mint.cpuTime().toMillis());
                if (i == starts - 1) {
                    await(SETTLE);
                    resident = mint.residentBytes();
                }
            }
        }
        screen.accept(
                "%-28s start %,d to %,d ms (%,d ms of CPU), idle %.0f MB resident"
                        .formatted(what, fastest, slowest, cpu, resident / BYTES_PER_MB));
    }

    static void await(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }
}
