package me.owlrun.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/// What became of the money of many rounds of one fault. Thread-safe.
final class FaultTally {

    private static final String HEAD =
            """
            Made by the tests `Fault*Test` ([testing.md](testing.md)). *Loss* is
            what a buyer paid, less what came back, less what was delivered; of an account, what
            left it or should have come, less what arrived. *Recovered*: with the second try.

            | fault | rounds | answered | refunded | recovered | untouched | slowest | loss |
            |---|---|---|---|---|---|---|---|
            """;

    /// All rows of this run, in the order in which they came.
    static final Queue<FaultTally> TABLE = new ConcurrentLinkedQueue<>();

    private final String fault;
    private final ConcurrentLinkedQueue<Outcome> outcomes = new ConcurrentLinkedQueue<>();

    FaultTally(String fault) {
        this.fault = fault;
    }

    /// How the buyer got its money.
    enum Way {
        /// With the answer.
        ANSWERED,
        /// With an error.
        REFUNDED,
        /// By asking for it with the original token.
        RECOVERED,
        /// It was never taken.
        UNTOUCHED
    }

    /// One round.
    ///
    /// @param recoveryNanos from the end of the request until the money was there
    /// @param lossMsat paid, less what came back, less what it cost
    record Outcome(Way way, long recoveryNanos, long lossMsat) {}

    void add(Outcome outcome) {
        outcomes.add(outcome);
    }

    int rounds() {
        return outcomes.size();
    }

    long lossMsat() {
        return outcomes.stream().mapToLong(Outcome::lossMsat).sum();
    }

    /// The ways that were seen.
    List<Way> ways() {
        return outcomes.stream().map(Outcome::way).distinct().sorted().toList();
    }

    private long count(Way way) {
        return outcomes.stream().filter(outcome -> outcome.way == way).count();
    }

    String row() {
        long slowest = outcomes.stream().mapToLong(Outcome::recoveryNanos).max().orElse(0);
        return String.format(
                Locale.ROOT,
                "| %s | %d | %d | %d | %d | %d | %.1f s | %d msat |",
                fault,
                rounds(),
                count(Way.ANSWERED),
                count(Way.REFUNDED),
                count(Way.RECOVERED),
                count(Way.UNTOUCHED),
                slowest / 1e9,
                lossMsat());
    }

    /// Prints the rows so far; `-Dowlrun.faults.out=FILE` also writes them.
    static void print(long seed) {
        String table =
                "# Faults, seed "
                        + seed
                        + "\n\n"
                        + HEAD
                        + TABLE.stream().map(FaultTally::row).collect(Collectors.joining("\n"))
                        + "\n";
        System.out.println(table);
        String out = System.getProperty("owlrun.faults.out", "");
        if (!out.isEmpty()) {
            try {
                Files.writeString(Path.of(out), table);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
