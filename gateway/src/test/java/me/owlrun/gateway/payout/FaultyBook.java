package me.owlrun.gateway.payout;

import me.owlrun.cashu.Proof;
import me.owlrun.gateway.vault.MintOperation;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Supplier;

/// A book whose user dies before or after a commit, now and then.
final class FaultyBook implements PayoutBook {

    private final PayoutBook book;
    private final SplittableRandom random;
    private int crashPercent;

    FaultyBook(PayoutBook book, SplittableRandom random, int crashPercent) {
        this.book = book;
        this.random = random;
        this.crashPercent = crashPercent;
    }

    /// The end of a gateway.
    static final class CrashException extends RuntimeException {
        private static final long serialVersionUID = 1;

        private CrashException() {
            super("crash", null, false, false);
        }
    }

    /// Nobody dies any more.
    void heal() {
        crashPercent = 0;
    }

    private void maybeCrash() {
        if (random.nextInt(100) < crashPercent) {
            throw new CrashException();
        }
    }

    private <T> T commit(Supplier<T> work) {
        maybeCrash();
        T result = work.get();
        maybeCrash();
        return result;
    }

    @Override
    public Began begin(PayoutRequest request) {
        return commit(() -> book.begin(request));
    }

    @Override
    public List<Payout> claimOpen(int countMax, Duration keepFor) {
        return commit(() -> book.claimOpen(countMax, keepFor));
    }

    @Override
    public MintOperation operation(UUID id) {
        return book.operation(id);
    }

    @Override
    public Optional<Payout> sendingAgain(Payout payout) {
        return commit(() -> book.sendingAgain(payout));
    }

    @Override
    public Optional<Payout> later(
            Payout payout, Payout.State next, String evidence, Duration wait) {
        return commit(() -> book.later(payout, next, evidence, wait));
    }

    @Override
    public Optional<Payout> recalling(Payout payout, MintOperation recall, Failure failure) {
        return commit(() -> book.recalling(payout, recall, failure));
    }

    @Override
    public Optional<Payout> notRecalled(Payout payout, int code) {
        return commit(() -> book.notRecalled(payout, code));
    }

    @Override
    public Optional<Payout> paid(Payout payout, PayoutEvent.Arrived arrived) {
        return commit(() -> book.paid(payout, arrived));
    }

    @Override
    public Optional<Payout> declined(Payout payout, Failure failure, int code) {
        return commit(() -> book.declined(payout, failure, code));
    }

    @Override
    public Optional<Payout> recalled(Payout payout, List<Proof> proofs) {
        return commit(() -> book.recalled(payout, proofs));
    }
}
