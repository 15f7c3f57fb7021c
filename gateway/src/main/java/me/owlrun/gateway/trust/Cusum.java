package me.owlrun.gateway.trust;

/// The one-sided running sum over canaries (Page's test): a wrong answer adds `1 − k`, a right one
/// takes `k` away, never below zero, where `k` is the share of wrong answers that is still fair for
/// the question and the model. An honest node's sum keeps returning to zero; that of a node that is
/// wrong more often than `k` climbs, however seldom it is asked. One wrong answer proves nothing.
final class Cusum {

    private static final long WHOLE_MILLI = 1_000;

    /// Added to what other nodes get wrong.
    private static final long MARGIN_MILLI = 150;

    private static final long FAIR_MILLI_MAX = 900;

    /// Answers of other providers before their share of wrong ones counts.
    private static final long KNOWN_FROM = 20;

    private Cusum() {}

    /// The sum after one more answer, in thousandths.
    ///
    /// @param fairMilli the share of wrong answers that is fair, in thousandths
    static long after(long sumMilli, boolean wrong, long fairMilli) {
        long step = wrong ? WHOLE_MILLI - fairMilli : -fairMilli;
        return Math.max(0, sumMilli + step);
    }

    /// The share of wrong answers that is fair: what is reckoned with for the size of the model, or
    /// what other providers' nodes get wrong at it and a margin, whichever is more.
    ///
    /// @param bySizeMilli reckoned with before anybody was asked
    /// @param asked how often others were asked
    /// @param wrong how often they were wrong
    static long fairMilli(long bySizeMilli, long asked, long wrong) {
        long learnt = asked < KNOWN_FROM ? 0 : WHOLE_MILLI * wrong / asked + MARGIN_MILLI;
        return Math.min(FAIR_MILLI_MAX, Math.max(bySizeMilli, learnt));
    }
}
