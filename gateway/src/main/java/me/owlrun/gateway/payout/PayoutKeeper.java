package me.owlrun.gateway.payout;

import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.hash.Sha256;
import me.owlrun.money.Msat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;

/// Pays accounts that are due, by themselves, and goes on with every payout that is open. Any
/// number of them may run on one database.
final class PayoutKeeper implements Runnable {

    private static final System.Logger LOG = System.getLogger(PayoutKeeper.class.getName());

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final Duration KEEP = Duration.ofSeconds(60);

    /// What nodes said is read again this far back, so that a slow commit is not missed.
    private static final Duration OVERLAP = Duration.ofMinutes(5);

    private static final Duration BREAKER = Duration.ofMinutes(15);
    private static final Duration CAPPED = Duration.ofMinutes(30);
    private static final Duration NEVER_AGAIN_SOON = Duration.ofMinutes(1);
    private static final int BATCH_MAX = 100;
    private static final int AT_ONCE_MAX = 8;

    /// Rounds are spread by up to a tenth, so that gateways do not ask servers at one moment.
    private static final int JITTER_PARTS = 10;

    private final PayoutBook book;
    private final PayeeStore payees;
    private final PauseStore pauses;
    private final PayoutRunner runner;
    private final Withdrawals withdrawals;
    private final Invoices invoices;
    private final PayoutRules rules;
    private final RandomGenerator random;
    private final InstantSource clock;
    private final StopSignal stop;
    private Instant readUntil = Instant.EPOCH;
    private Instant nextRound = Instant.EPOCH;

    PayoutKeeper(
            PayoutBook book,
            PayeeStore payees,
            PauseStore pauses,
            PayoutRunner runner,
            Withdrawals withdrawals,
            Invoices invoices,
            PayoutRules rules,
            RandomGenerator random,
            InstantSource clock,
            StopSignal stop) {
        this.book = book;
        this.payees = payees;
        this.pauses = pauses;
        this.runner = runner;
        this.withdrawals = withdrawals;
        this.invoices = invoices;
        this.rules = rules;
        this.random = random;
        this.clock = clock;
        this.stop = stop;
    }

    /// Works until the gateway stops.
    @Override
    public void run() {
        do {
            try {
                goOn();
                if (!clock.instant().isBefore(nextRound)) {
                    nextRound = clock.instant().plus(untilNextRound());
                    payDue();
                }
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "payouts failed; they go on", e);
            }
        } while (!stop.isStoppingWithin(BETWEEN_LOOKS));
    }

    private Duration untilNextRound() {
        long millis = rules.every().toMillis();
        return Duration.ofMillis(millis + random.nextLong(millis / JITTER_PARTS + 1));
    }

    /// Goes on with open payouts that are due to be looked at.
    void goOn() {
        each(
                book.claimOpen(BATCH_MAX, KEEP),
                payout -> {
                    var _ = runner.goOn(payout);
                });
    }

    /// Pays every account that is due.
    void payDue() {
        Instant now = clock.instant();
        payees.refresh(readUntil.isAfter(Instant.EPOCH) ? readUntil.minus(OVERLAP) : readUntil);
        readUntil = now;
        if (pauses.reason().isEmpty()) {
            each(payees.due(BATCH_MAX), this::pay);
        }
    }

    /// What is done with each of several at once.
    private interface Work<T> {
        void on(T item);
    }

    private <T> void each(List<T> items, Work<T> work) {
        Semaphore permits = new Semaphore(AT_ONCE_MAX);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (T item : items) {
                threads.execute(() -> {
                    permits.acquireUninterruptibly();
                    try {
                        work.on(item);
                    } catch (RuntimeException e) {
                        LOG.log(System.Logger.Level.ERROR, "one payout failed; it goes on", e);
                    } finally {
                        permits.release();
                    }
                });
            }
        }
    }

    private void pay(PayeeStore.Due due) {
        Msat amount = FeeReserve.largestAmount(due.balance(), due.feePercent());
        Msat most = rules.accountDayMax();
        Msat bounded = amount.compareTo(most) < 0 ? amount : Msat.ofSat(most.floorSat());
        if (!bounded.isPositive()) {
            return;
        }
        String comment = "owlrun payout";
        switch (invoices.invoice(due.address(), bounded, comment)) {
            case Invoices.Answer.None(Failure failure, String reason) -> {
                LOG.log(
                        System.Logger.Level.INFO,
                        "account {0}: no invoice ({1})",
                        Long.toString(due.accountId()),
                        reason);
                payees.failed(due.accountId(), failure);
            }
            case Invoices.Answer.Found found -> pay(due, bounded, found);
        }
    }

    private void pay(PayeeStore.Due due, Msat amount, Invoices.Answer.Found found) {
        if (!found.invoice().amount().equals(Optional.of(amount))) {
            payees.failed(due.accountId(), Failure.BAD_INVOICE);
            return;
        }
        Msat reserve = FeeReserve.of(amount, due.feePercent());
        String sha256 = Sha256.hexOf("auto|" + found.invoice().paymentHash().hex());
        Withdrawals.Ask ask = new Withdrawals.Ask(due.accountId(), true, Optional.empty(), sha256);
        switch (withdrawals.lightning(ask, found.invoice(), amount, reserve, due.address())) {
            case Withdrawals.Result.Begun _ -> {}
            case Withdrawals.Result.NotBegun(Began why) -> notBegun(due.accountId(), why);
            case Withdrawals.Result.NotPossible(Failure failure, String reason) -> {
                if (failure == Failure.OUR_LIQUIDITY) {
                    trip(reason);
                }
                payees.failed(due.accountId(), failure);
            }
        }
    }

    private void notBegun(long accountId, Began why) {
        switch (why) {
            case Began.VaultShort() -> {
                trip("the vault has too few coins");
                payees.postpone(accountId, NEVER_AGAIN_SOON);
            }
            case Began.InvoiceReused() -> payees.failed(accountId, Failure.BAD_INVOICE);
            case Began.Capped _ -> payees.postpone(accountId, CAPPED);
            case Began.InEscrow _ -> payees.postpone(accountId, CAPPED);
            case Began.VaultBusy(), Began.InProgress(), Began.Insufficient _ ->
                    LOG.log(
                            System.Logger.Level.DEBUG,
                            "account {0}: somebody else was first; the next round tells",
                            Long.toString(accountId));
            case Began.KeyReused(), Began.Opened _, Began.Repeated _ ->
                    throw new IllegalStateException("a payout without a key gave " + why);
        }
    }

    private void trip(String reason) {
        LOG.log(System.Logger.Level.ERROR, "payouts stop for {0}: {1}", BREAKER, reason);
        pauses.pause(PauseStore.Kind.BREAKER, reason, Optional.of(BREAKER));
    }
}
