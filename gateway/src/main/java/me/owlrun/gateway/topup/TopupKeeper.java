package me.owlrun.gateway.topup;

import me.owlrun.cashu.Keyset;
import me.owlrun.db.DatabaseException;
import me.owlrun.gateway.instance.Instance;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.gateway.vault.MintAnswer;
import me.owlrun.gateway.vault.MintClient;
import me.owlrun.gateway.vault.MintOperation;
import me.owlrun.gateway.vault.OperationResult;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/// Follows invoices until they are paid or over, and finishes what requests and gateways that are
/// gone left behind. Nothing is guessed: an operation whose end is unknown is run again.
final class TopupKeeper implements Runnable {

    private static final System.Logger LOG = System.getLogger(TopupKeeper.class.getName());

    private static final int BATCH_MAX = 100;

    /// One slow answer of the mint must not keep everybody else's money waiting.
    private static final int AT_ONCE_MAX = 8;

    private static final Duration BETWEEN_SWEEPS = Duration.ofMillis(500);
    private static final Duration REST_AFTER_UNKNOWN = Duration.ofSeconds(5);

    /// The older an invoice, the less often it is asked for: after a part of its age.
    private static final int AGE_PARTS = 8;

    private static final Duration REST_MIN = Duration.ofSeconds(1);
    private static final Duration REST_MAX = Duration.ofSeconds(60);

    private final TopupStore store;
    private final MintDesk mint;
    private final Counter counter;
    private final Instance instance;
    private final Duration grace;
    private final InstantSource clock;
    private final StopSignal stop;

    /// @param grace how long after its end an invoice is still asked for
    TopupKeeper(
            TopupStore store,
            MintDesk mint,
            Counter counter,
            Instance instance,
            Duration grace,
            InstantSource clock,
            StopSignal stop) {
        this.store = store;
        this.mint = mint;
        this.counter = counter;
        this.instance = instance;
        this.grace = grace;
        this.clock = clock;
        this.stop = stop;
    }

    /// Sweeps until the gateway stops.
    @Override
    public void run() {
        while (!stop.isStoppingWithin(BETWEEN_SWEEPS)) {
            try {
                sweep();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "top-ups were not looked after", e);
            }
        }
    }

    /// Does once what has to be done now.
    void sweep() {
        List<Topup> open =
                store.openAndAbandoned(instance.bootId(), BATCH_MAX).stream()
                        .filter(topup -> !counter.isLive(topup.id()))
                        .toList();
        Semaphore permits = new Semaphore(AT_ONCE_MAX);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Topup topup : open) {
                threads.execute(() -> {
                    permits.acquireUninterruptibly();
                    try {
                        lookAfter(topup);
                    } finally {
                        permits.release();
                    }
                });
            }
        }
    }

    private void lookAfter(Topup topup) {
        try {
            if (store.adopt(topup, instance.bootId())) {
                finish(topup.ownedBy(instance.bootId()));
            }
        } catch (RuntimeException e) { // one that fails must not end the others
            LOG.log(System.Logger.Level.ERROR, topup.id() + " failed; trying again later", e);
            postpone(topup);
        }
    }

    private void postpone(Topup topup) {
        try {
            store.postpone(topup, REST_AFTER_UNKNOWN);
        } catch (DatabaseException e) { // it stays due, and the next sweep takes it up
            LOG.log(System.Logger.Level.WARNING, topup.id() + " stays due", e);
        }
    }

    private void finish(Topup topup) {
        try {
            if (topup.state() == Topup.State.RUNNING) {
                MintOperation operation = store.operationOf(topup);
                end(topup, operation, mint.runner().runAgain(operation));
            } else {
                topup.lightning().ifPresent(invoice -> follow(topup, invoice));
            }
        } catch (TopupLostException e) {
            LOG.log(System.Logger.Level.INFO, e.getMessage());
        }
    }

    private void follow(Topup topup, Topup.Lightning invoice) {
        switch (mint.client().quote(invoice.quoteId())) {
            case MintAnswer.Ok<MintClient.Quote>(MintClient.Quote quote) ->
                    follow(topup, invoice, quote.state());
            case MintAnswer.Refused<MintClient.Quote> _ -> restOrGiveUp(topup, invoice);
            case MintAnswer.NotSent<MintClient.Quote>() ->
                    store.postpone(topup, REST_AFTER_UNKNOWN);
            case MintAnswer.Unknown<MintClient.Quote> _ ->
                    store.postpone(topup, REST_AFTER_UNKNOWN);
        }
    }

    private void follow(Topup topup, Topup.Lightning invoice, String state) {
        switch (state) {
            case "PAID" -> mint(topup, invoice);
            case "ISSUED" -> {
                // Our own minting would have been written down, and the top-up be running.
                LOG.log(
                        System.Logger.Level.ERROR,
                        "{0}: the mint gave the ecash of this invoice to somebody else",
                        topup.id());
                store.giveUp(topup, Topup.State.REFUSED);
            }
            default -> restOrGiveUp(topup, invoice);
        }
    }

    private void restOrGiveUp(Topup topup, Topup.Lightning invoice) {
        Instant now = clock.instant();
        if (invoice.expiresAt().isPresent() && now.isAfter(invoice.expiresAt().get().plus(grace))) {
            store.giveUp(topup, Topup.State.EXPIRED);
            return;
        }
        Duration rest = Duration.between(topup.createdAt(), now).dividedBy(AGE_PARTS);
        Duration atLeast = rest.compareTo(REST_MIN) < 0 ? REST_MIN : rest;
        store.postpone(topup, atLeast.compareTo(REST_MAX) > 0 ? REST_MAX : atLeast);
    }

    private void mint(Topup topup, Topup.Lightning invoice) {
        Optional<Keyset> keyset = mint.active(topup.unit());
        if (keyset.isEmpty()) {
            store.postpone(topup, REST_AFTER_UNKNOWN);
            return;
        }
        MintOperation operation = mint.mint(topup, invoice.quoteId(), keyset.get());
        if (store.beginMint(topup, operation)) {
            end(topup.running(operation.id()), operation, mint.runner().runFirst(operation));
        }
    }

    private void end(Topup topup, MintOperation operation, OperationResult result) {
        switch (result) {
            case OperationResult.Done(var proofs) -> {
                store.credited(topup, operation, proofs);
                LOG.log(System.Logger.Level.INFO, "{0}: credited {1}", topup.id(), topup.amount());
            }
            case OperationResult.Refused(int code) -> {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "{0}: the mint refused with code {1}",
                        topup.id(),
                        code);
                mint.keysets().refresh();
                store.refused(topup, operation, code);
                store.postpone(topup, REST_AFTER_UNKNOWN);
            }
            case OperationResult.NotSent() -> store.postpone(topup, REST_AFTER_UNKNOWN);
            case OperationResult.Pending(String reason) -> {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "{0}: still unknown at the mint ({1})",
                        topup.id(),
                        reason);
                store.postpone(topup, REST_AFTER_UNKNOWN);
            }
        }
    }
}
