package me.owlrun.gateway.free;

import me.owlrun.db.DatabaseException;
import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.ErrorCode;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.gateway.meter.Bill;
import me.owlrun.gateway.meter.ProviderTier;
import me.owlrun.gateway.pay.Charge;
import me.owlrun.gateway.pay.ClaimResult;
import me.owlrun.gateway.pay.Receipt;
import me.owlrun.gateway.pay.Refusal;
import me.owlrun.gateway.pay.Service;
import me.owlrun.money.Msat;

import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/// Bounds how many free answers are under way, and takes down those that were given. No money moves
/// here.
final class FreeDesk {

    private static final System.Logger LOG = System.getLogger(FreeDesk.class.getName());

    private final FreeStore store;
    private final Requesters requesters;
    private final long atOnce;
    private final InstantSource clock;
    private final AtomicLong running = new AtomicLong();
    private final LongAdder served = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder tokens = new LongAdder();

    FreeDesk(FreeStore store, Requesters requesters, long atOnce, InstantSource clock) {
        this.store = store;
        this.requesters = requesters;
        this.atOnce = atOnce;
        this.clock = clock;
    }

    /// How it goes, since the gateway's start.
    record Counts(long running, long served, long failed, long refused, long tokens) {}

    Counts counts() {
        return new Counts(running.get(), served.sum(), failed.sum(), refused.sum(), tokens.sum());
    }

    /// Somebody was turned away.
    void refused() {
        refused.increment();
    }

    ClaimResult begin(String client, String model, Msat worth) {
        if (running.incrementAndGet() > atOnce) {
            running.decrementAndGet();
            refused();
            return new ClaimResult.NotClaimed(
                    Refusal.of(
                            ApiError.of(
                                    ErrorCode.NO_NODES,
                                    "All free places are taken; pay with X-Cashu, or try again in"
                                            + " a moment.")));
        }
        return new ClaimResult.Claimed(new Gift(client, model, worth));
    }

    /// One job that is given away.
    private final class Gift implements Charge {

        private final String client;
        private final String model;
        private final Msat worth;
        private final AtomicBoolean open = new AtomicBoolean(true);

        private Gift(String client, String model, Msat worth) {
            this.client = client;
            this.model = model;
            this.worth = worth;
        }

        @Override
        public String id() {
            return "free";
        }

        @Override
        public Msat held() {
            return worth;
        }

        @Override
        public Receipt settle(Service service) {
            Bill bill = service.bill().apply(ProviderTier.STARTER).givenAway();
            if (close()) {
                served.increment();
                tokens.add(bill.usage().completionTokens());
                takeDown(service, bill);
            }
            return new Receipt(Msat.ZERO, Optional.of(bill), Optional.empty());
        }

        private void takeDown(Service service, Bill bill) {
            LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
            long answered = bill.usage().completionTokens();
            long counts = requesters.count(client, service.providerId(), answered, today);
            NodeIdentity node = new NodeIdentity(service.providerId(), service.nodeId());
            try {
                store.add(new FreeJob(service.jobId(), node, model, bill.usage(), counts, today));
            } catch (DatabaseException e) {
                LOG.log(System.Logger.Level.WARNING, "a free job was not taken down", e);
            }
        }

        @Override
        public Receipt refund() {
            abandon();
            return new Receipt(Msat.ZERO, Optional.empty(), Optional.empty());
        }

        @Override
        public void abandon() {
            if (close()) {
                failed.increment();
            }
        }

        private boolean close() {
            boolean first = open.getAndSet(false);
            if (first) {
                running.decrementAndGet();
            }
            return first;
        }
    }
}
