package me.owlrun.gateway.pay;

import me.owlrun.db.Bundle;
import me.owlrun.gateway.ledger.Account;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.ledger.Transfer;
import me.owlrun.gateway.meter.Bill;
import me.owlrun.gateway.pay.ChargeRows.Closed;
import me.owlrun.gateway.pay.ChargeRows.Granted;
import me.owlrun.gateway.pay.ChargeRows.Held;
import me.owlrun.gateway.pay.ChargeRows.Hold;
import me.owlrun.gateway.pay.ChargeRows.Open;
import me.owlrun.gateway.pay.ChargeRows.Pots;
import me.owlrun.money.Msat;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Holds and closings of many requests, written in one transaction of at most three round trips and
/// the commit. Locks, in this order: keys, charges, days of providers, the ledger.
final class ChargeBatchStore {

    private final LedgerStore ledger;
    private final BillStore bills;
    private final Instant now;
    private final List<Step> steps;
    private final List<Hold> takes;
    private final List<Step.End> ends;

    private final Map<ByteBuffer, KeyLimitRows.Limit> limits = new HashMap<>();
    private final Set<ByteBuffer> changed = new HashSet<>();
    private final Set<String> ours = new HashSet<>();
    private final Map<Long, Long> monthTokens = new HashMap<>();
    private final Map<Long, Pots> pots = new HashMap<>();
    private final Set<ChargeRows.Repeat> repeats = new HashSet<>();
    private final List<Transfer> transfers = new ArrayList<>();
    private final Map<String, Done> done = new HashMap<>();

    ChargeBatchStore(LedgerStore ledger, BillStore bills, Instant now, List<Step> steps) {
        this.ledger = ledger;
        this.bills = bills;
        this.now = now;
        this.steps = steps;
        this.takes = only(steps, Step.Take.class).stream().map(Step.Take::hold).toList();
        this.ends = only(steps, Step.End.class);
    }

    /// What waits for a commit.
    sealed interface Step {
        /// To be held.
        record Take(Hold hold) implements Step {}

        /// To be closed: paid for, or everything goes back when no service is named.
        record End(Open open, Optional<Service> service) implements Step {}
    }

    /// What came of a step.
    sealed interface Done {
        /// Of a hold.
        record Taken(Held held) implements Done {}

        /// Of a closing; empty when another gateway was there before.
        record Ended(Optional<Receipt> receipt) implements Done {}
    }

    private static <T extends Step> List<T> only(List<Step> steps, Class<T> kind) {
        return steps.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private static String id(Step step) {
        return switch (step) {
            case Step.Take(Hold hold) -> hold.id();
            case Step.End(Open open, var _) -> open.id();
        };
    }

    private Set<ByteBuffer> keys() {
        Set<ByteBuffer> keys = new HashSet<>();
        takes.forEach(hold -> keys.add(hold.key()));
        ends.forEach(end -> keys.add(end.open().key()));
        return keys;
    }

    /// Does it all but the commit.
    ///
    /// @return what came of each step, in their order
    List<Done> run(Connection connection) throws SQLException {
        Bundle bundle = new Bundle();
        KeyLimitRows.lock(bundle, keys(), now, limits);
        if (!ends.isEmpty()) {
            ChargeRows.lockHeld(bundle, ends.stream().map(Step.End::open).toList(), ours);
            List<Service> services = ends.stream().flatMap(e -> e.service().stream()).toList();
            bills.monthTokens(bundle, services, now, monthTokens);
            bundle.run(connection);
            bundle = new Bundle();
            end(bundle);
        }
        if (!takes.isEmpty()) {
            ledger.lock(bundle);
            Set<Long> accounts = takes.stream().map(Hold::accountId).collect(Collectors.toSet());
            ChargeRows.pots(bundle, accounts, pots);
            ChargeRows.repeated(bundle, takes, repeats);
            bundle.run(connection);
            bundle = new Bundle();
            take(bundle);
        }
        limits.keySet().retainAll(changed);
        KeyLimitRows.write(bundle, limits);
        ledger.postAll(bundle, transfers);
        bundle.run(connection);
        return steps.stream().map(step -> Objects.requireNonNull(done.get(id(step)))).toList();
    }

    private void take(Bundle bundle) {
        List<Granted> granted = new ArrayList<>();
        for (Hold hold : takes) {
            Held held = take(hold, granted);
            done.put(hold.id(), new Done.Taken(held));
        }
        ChargeRows.insert(bundle, granted, now);
    }

    private Held take(Hold hold, List<Granted> granted) {
        Pots pot = pots.getOrDefault(hold.accountId(), Pots.NONE);
        Optional<KeyLimitRows.Limit> limit = Optional.ofNullable(limits.get(hold.key()));
        if (limit.isEmpty() || limit.get().left().filter(left -> isLess(left, hold)).isPresent()) {
            return new Held.OverLimit();
        }
        if (isLess(pot.sum(), hold)) {
            return new Held.Poor();
        }
        boolean repeated =
                hold.idempotencyKey()
                        .filter(name -> !repeats.add(new ChargeRows.Repeat(hold.accountId(), name)))
                        .isPresent();
        if (repeated) {
            return new Held.Repeated();
        }
        Pots from = pot.part(hold.costMax());
        Granted grant = new Granted(hold, from);
        pots.put(hold.accountId(), pot.minus(from));
        change(hold.key(), limit.get().plus(hold.costMax()));
        granted.add(grant);
        transfers.add(held(grant));
        return new Held.Done(open(grant, now));
    }

    private void change(ByteBuffer key, KeyLimitRows.Limit limit) {
        changed.add(key);
        limits.put(key, limit);
    }

    private static boolean isLess(Msat amount, Hold hold) {
        return amount.compareTo(hold.costMax()) < 0;
    }

    private static Open open(Granted grant, Instant now) {
        Hold hold = grant.hold();
        return new Open(
                hold.id(),
                hold.accountId(),
                hold.keySha256Hex(),
                hold.ownerBoot(),
                hold.model(),
                grant.from(),
                now);
    }

    private static Transfer held(Granted grant) {
        long account = grant.hold().accountId();
        return Transfer.moving()
                .take(Account.sats(account), grant.from().sats())
                .give(Account.JOB_ESCROW, grant.from().sats())
                .take(Account.credit(account), grant.from().credit())
                .give(Account.CREDIT_ESCROW, grant.from().credit())
                .of("hold", grant.hold().id());
    }

    private void end(Bundle bundle) {
        List<BillStore.Job> jobs = new ArrayList<>();
        for (Step.End end : ends) {
            if (ours.contains(end.open().id()) && end.service().isPresent()) {
                jobs.add(
                        new BillStore.Job(
                                end.open().id(), end.open().model(), end.service().get()));
            }
        }
        Map<String, Bill> billed =
                bills.bill(bundle, jobs, now, monthTokens).stream()
                        .collect(Collectors.toMap(b -> b.job().payerId(), BillStore.Billed::bill));
        List<Closed> closed = new ArrayList<>();
        for (Step.End end : ends) {
            Open open = end.open();
            if (!ours.contains(open.id())) {
                done.put(open.id(), new Done.Ended(Optional.empty()));
                continue;
            }
            Optional<Bill> bill = Optional.ofNullable(billed.get(open.id()));
            Pots cost = bill.map(b -> open.held().part(b.cost())).orElse(Pots.NONE);
            closed.add(new Closed(open, bill.isPresent(), cost));
            giveBack(open, open.held().minus(cost).sum());
            transfers.add(transfer(end, bill, cost));
            done.put(
                    open.id(),
                    new Done.Ended(Optional.of(new Receipt(cost.sum(), bill, Optional.empty()))));
        }
        ChargeRows.close(bundle, closed, now);
    }

    /// What was held and not spent is no longer spent by the key, if it is still there.
    private void giveBack(Open open, Msat back) {
        Optional.ofNullable(limits.get(open.key()))
                .ifPresent(limit -> change(open.key(), limit.minus(back, open.createdAt())));
    }

    private static Transfer transfer(Step.End end, Optional<Bill> bill, Pots cost) {
        Open open = end.open();
        Pots rest = open.held().minus(cost);
        Transfer.Builder transfer =
                Transfer.moving()
                        .take(Account.JOB_ESCROW, open.held().sats())
                        .give(Account.sats(open.accountId()), rest.sats())
                        .take(Account.CREDIT_ESCROW, open.held().credit())
                        .give(Account.credit(open.accountId()), rest.credit());
        if (bill.isEmpty()) {
            return transfer.of("refund", open.id());
        }
        long provider = end.service().orElseThrow().providerId();
        var split = bill.get().split();
        CreditShare credit = CreditShare.of(split, cost.credit());
        return transfer.give(Account.sats(provider), split.provider().minus(credit.provider()))
                .give(Account.FEE, split.fee().minus(credit.fee()))
                .give(Account.FX, split.fx().minus(credit.fx()))
                .give(Account.credit(provider), credit.provider())
                .give(Account.CREDIT_FEE, credit.fee())
                .give(Account.CREDIT_FX, credit.fx())
                .of("settle", open.id());
    }
}
