package me.owlrun.gateway.pay;

import me.owlrun.batch.Batcher;
import me.owlrun.db.Database;
import me.owlrun.db.Migration;
import me.owlrun.gateway.ledger.Account;
import me.owlrun.gateway.ledger.LedgerJournal;
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

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Holds and closes charges of many requests in one transaction. Locks, in this order: keys,
/// charges, days of providers, the ledger.
final class ChargeStore implements AutoCloseable {

    private static final String MIGRATION = "V023__charges.sql";
    private static final int QUEUE_MAX = 65_536;
    private static final int READERS = 2;

    private final Database database;
    private final LedgerStore ledger;
    private final BillStore bills;
    private final InstantSource clock;
    private final Batcher<Step, Done> writer;
    private final Batcher<BuyerKeys.Found.Key, ChargeRows.Means> reader;

    ChargeStore(Database database, LedgerStore ledger, BillStore bills, InstantSource clock) {
        this.database = database;
        this.ledger = ledger;
        this.bills = bills;
        this.clock = clock;
        this.writer =
                new Batcher<>(
                        "charges",
                        1,
                        QUEUE_MAX,
                        LedgerJournal.BATCH_MAX,
                        batch -> Batcher.together(batch, this::write, LedgerJournal::isOfOneItem));
        this.reader =
                new Batcher<>(
                        "means",
                        READERS,
                        QUEUE_MAX,
                        LedgerJournal.BATCH_MAX,
                        batch -> Batcher.together(batch, this::read, LedgerJournal::isOfOneItem));
    }

    static Migration migration() {
        InputStream sql = ChargeStore.class.getResourceAsStream(MIGRATION);
        return Migration.read(MIGRATION, Objects.requireNonNull(sql, MIGRATION));
    }

    /// What waits for a commit.
    private sealed interface Step {
        /// To be held.
        record Take(Hold hold) implements Step {}

        /// To be closed: paid for, or everything goes back when no service is named.
        record End(Open open, Optional<Service> service) implements Step {}
    }

    /// What came of a step.
    private sealed interface Done {
        /// Of a hold.
        record Taken(Held held) implements Done {}

        /// Of a closing; empty when another gateway was there before.
        record Ended(Optional<Receipt> receipt) implements Done {}
    }

    /// What keys can pay with now.
    ChargeRows.Means means(BuyerKeys.Found.Key key) {
        return reader.mustAsk(key);
    }

    /// Holds money.
    Held hold(Hold hold) {
        if (!(writer.mustAsk(new Step.Take(hold)) instanceof Done.Taken(Held held))) {
            throw new IllegalStateException("a hold was answered with a closing");
        }
        return held;
    }

    /// Closes a charge.
    ///
    /// @param service what it pays for; empty to give everything back
    Receipt close(Open open, Optional<Service> service) {
        if (!(writer.mustAsk(new Step.End(open, service))
                instanceof Done.Ended(Optional<Receipt> receipt))) {
            throw new IllegalStateException("a closing was answered with a hold");
        }
        return receipt.orElseThrow(() -> new PaymentLostException(open.id()));
    }

    Optional<ChargeRows.Known> known(long accountId, String idempotencyKey) {
        return database.read(c -> ChargeRows.known(c, accountId, idempotencyKey));
    }

    /// Open charges that nobody is at work on.
    List<Open> open(String ownBoot, List<String> live, int countMax) {
        return database.read(c -> ChargeRows.open(c, ownBoot, live, countMax));
    }

    boolean adopt(Open open, String ownBoot) {
        return database.transaction(c -> ChargeRows.adopt(c, open, ownBoot));
    }

    private List<ChargeRows.Means> read(List<BuyerKeys.Found.Key> keys) {
        return database.read(connection -> {
            Map<Long, Pots> pots =
                    ChargeRows.pots(
                            connection,
                            keys.stream()
                                    .map(BuyerKeys.Found.Key::accountId)
                                    .collect(Collectors.toSet()));
            Map<ByteBuffer, KeyLimitRows.Limit> limits =
                    KeyLimitRows.read(
                            connection,
                            keys.stream().map(ChargeDesk::keyOf).collect(Collectors.toSet()),
                            clock.instant());
            return keys.stream()
                    .map(key -> {
                        Pots pot = pots.getOrDefault(key.accountId(), Pots.NONE);
                        Optional<Msat> left =
                                Optional.ofNullable(limits.get(ChargeDesk.keyOf(key)))
                                        .flatMap(KeyLimitRows.Limit::left);
                        return new ChargeRows.Means(pot.sats(), pot.credit(), left);
                    })
                    .toList();
        });
    }

    private List<Done> write(List<Step> steps) {
        return database.transaction(connection -> {
            Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
            List<Step.Take> takes = only(steps, Step.Take.class);
            List<Step.End> ends = only(steps, Step.End.class);
            Map<ByteBuffer, KeyLimitRows.Limit> limits =
                    KeyLimitRows.lock(connection, keys(takes, ends), now);
            List<Transfer> transfers = new ArrayList<>();
            Map<String, Done> done = new HashMap<>();
            end(connection, ends, now, transfers, done);
            take(connection, takes, limits, now, transfers, done);
            ledger.postAll(connection, transfers);
            return steps.stream().map(step -> Objects.requireNonNull(done.get(id(step)))).toList();
        });
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

    private static Set<ByteBuffer> keys(List<Step.Take> takes, List<Step.End> ends) {
        Set<ByteBuffer> keys = new HashSet<>();
        takes.forEach(take -> keys.add(take.hold().key()));
        ends.forEach(end -> keys.add(end.open().key()));
        return keys;
    }

    private void take(
            Connection connection,
            List<Step.Take> takes,
            Map<ByteBuffer, KeyLimitRows.Limit> limits,
            Instant now,
            List<Transfer> transfers,
            Map<String, Done> done)
            throws SQLException {
        if (takes.isEmpty()) {
            return;
        }
        List<Hold> holds = takes.stream().map(Step.Take::hold).toList();
        ledger.lock(connection);
        Map<Long, Pots> pots =
                new HashMap<>(
                        ChargeRows.pots(
                                connection,
                                holds.stream().map(Hold::accountId).collect(Collectors.toSet())));
        List<Granted> granted = new ArrayList<>();
        Map<ByteBuffer, KeyLimitRows.Limit> spent = new HashMap<>();
        for (Hold hold : holds) {
            Pots pot = pots.getOrDefault(hold.accountId(), Pots.NONE);
            KeyLimitRows.Limit limit = spent.getOrDefault(hold.key(), limits.get(hold.key()));
            if (limit == null || limit.left().filter(left -> isLess(left, hold)).isPresent()) {
                done.put(hold.id(), new Done.Taken(new Held.OverLimit()));
            } else if (isLess(pot.sum(), hold)) {
                done.put(hold.id(), new Done.Taken(new Held.Poor()));
            } else {
                Pots from = pot.part(hold.costMax());
                pots.put(hold.accountId(), pot.minus(from));
                spent.put(hold.key(), limit.plus(hold.costMax()));
                granted.add(new Granted(hold, from));
            }
        }
        Set<String> fresh = ChargeRows.insert(connection, granted, now);
        for (Granted grant : granted) {
            Hold hold = grant.hold();
            if (!fresh.contains(hold.id())) {
                spent.computeIfPresent(
                        hold.key(), (_, limit) -> limit.plus(hold.costMax().negated()));
                done.put(hold.id(), new Done.Taken(new Held.Repeated()));
                continue;
            }
            transfers.add(held(grant));
            done.put(hold.id(), new Done.Taken(new Held.Done(open(grant, now))));
        }
        KeyLimitRows.spend(connection, spent);
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

    private void end(
            Connection connection,
            List<Step.End> ends,
            Instant now,
            List<Transfer> transfers,
            Map<String, Done> done)
            throws SQLException {
        if (ends.isEmpty()) {
            return;
        }
        Set<String> ours =
                ChargeRows.lockHeld(connection, ends.stream().map(Step.End::open).toList());
        List<BillStore.Job> jobs = new ArrayList<>();
        for (Step.End end : ends) {
            if (ours.contains(end.open().id()) && end.service().isPresent()) {
                jobs.add(
                        new BillStore.Job(
                                end.open().id(), end.open().model(), end.service().get()));
            }
        }
        Map<String, Bill> billed =
                bills.bill(connection, jobs, now).stream()
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
            transfers.add(transfer(end, bill, cost));
            done.put(
                    open.id(),
                    new Done.Ended(Optional.of(new Receipt(cost.sum(), bill, Optional.empty()))));
        }
        ChargeRows.close(connection, closed, now);
        KeyLimitRows.giveBack(connection, closed);
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

    /// Writes what waits, then stops.
    @Override
    public void close() {
        reader.close();
        writer.close();
    }
}
