package me.owlrun.mint.metrics;

import me.owlrun.metrics.Figure;
import me.owlrun.mint.step.Changed;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// What this process committed, whether somebody waited for it or not.
public final class CommitFigures {

    private final LongAdder quotes = new LongAdder();
    private final LongAdder mintQuotes = new LongAdder();
    private final LongAdder swaps = new LongAdder();
    private final LongAdder meltsBegun = new LongAdder();
    private final LongAdder meltsEnded = new LongAdder();

    /// Counts a commit.
    public void changed(Changed change) {
        switch (change) {
            case Changed.MintQuoteMade(var _, var _) -> quotes.increment();
            case Changed.MintQuote(var _) -> mintQuotes.increment();
            case Changed.Spent(var _) -> swaps.increment();
            case Changed.MeltBegun(var _, var _) -> meltsBegun.increment();
            case Changed.MeltEnded(var _, var _) -> meltsEnded.increment();
        }
    }

    /// What was counted.
    public List<Figure> figures() {
        return List.of(
                new Figure(
                        "owlrun_mint_commits_total",
                        "Commits of this process, by what they changed.",
                        "counter",
                        List.of(
                                sample("mint_quote_made", quotes),
                                sample("mint_quote_paid_or_issued", mintQuotes),
                                sample("swap", swaps),
                                sample("melt_begun", meltsBegun),
                                sample("melt_ended", meltsEnded))));
    }

    private static Figure.Sample sample(String what, LongAdder count) {
        return Figure.Sample.of(Map.of("what", what), count.sum());
    }
}
