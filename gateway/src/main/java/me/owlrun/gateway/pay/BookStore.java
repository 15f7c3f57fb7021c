package me.owlrun.gateway.pay;

import me.owlrun.db.Bundle;
import me.owlrun.gateway.ledger.Account;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.ledger.Transfer;
import me.owlrun.gateway.meter.Bill;
import me.owlrun.gateway.vault.BlankRows;
import me.owlrun.gateway.vault.ClaimRows;
import me.owlrun.money.Msat;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Books the steps of many payments inside one transaction: rows first, then the vault, then bills,
/// and the ledger last, where the busiest rows are.
final class BookStore {

    private final LedgerStore ledger;
    private final BillStore bills;
    private final InstantSource clock;
    private final ChangePlan.Maker plans;

    /// @param plans decides how change leaves
    BookStore(LedgerStore ledger, BillStore bills, InstantSource clock, ChangePlan.Maker plans) {
        this.ledger = ledger;
        this.bills = bills;
        this.clock = clock;
        this.plans = plans;
    }

    /// Books steps, at most one of each payment, and says of each what came of it. Two round trips:
    /// one looks and locks, the other writes.
    List<Books.Booked> book(Connection connection, List<Books> steps) throws SQLException {
        Batch batch =
                new Batch(
                        clock.instant(),
                        only(steps, Books.Claimed.class),
                        only(steps, Books.Closing.class));
        Bundle looks = new Bundle();
        batch.look(looks);
        looks.run(connection);
        Bundle writes = new Bundle();
        batch.write(writes);
        writes.run(connection);
        return steps.stream()
                .map(step -> batch.booked.getOrDefault(step.payment().id(), Books.Booked.LOST))
                .toList();
    }

    private static <T extends Books> List<T> only(List<Books> steps, Class<T> kind) {
        return steps.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /// Steps that share a transaction.
    private final class Batch {

        private final Instant now;
        private final List<Books.Claimed> claims;
        private final List<Books.Closing> closings;
        private final Set<String> ours = new HashSet<>();
        private final Map<Long, Long> monthTokens = new HashMap<>();
        private final Map<String, ClaimRows.Held> held = new HashMap<>();
        private final List<Transfer> transfers = new ArrayList<>();
        private final Map<String, Books.Booked> booked = new HashMap<>();

        private Batch(Instant now, List<Books.Claimed> claims, List<Books.Closing> closings) {
            this.now = now;
            this.claims = claims;
            this.closings = closings;
        }

        /// Takes the rows that are ours and finds what closing them needs.
        private void look(Bundle bundle) {
            BookRows.claimed(bundle, claims.stream().map(Books.Claimed::payment).toList(), ours);
            List<Payment> closing = closings.stream().map(Books.Closing::payment).toList();
            BookRows.lockClaimed(bundle, closing, ours);
            List<Service> services =
                    closings.stream().flatMap(step -> step.service().stream()).toList();
            bills.monthTokens(bundle, services, now, monthTokens);
            ClaimRows.held(bundle, closing.stream().map(Payment::id).toList(), held);
        }

        private <T extends Books> List<T> ours(List<T> steps) {
            return steps.stream().filter(step -> ours.contains(step.payment().id())).toList();
        }

        private void write(Bundle bundle) {
            claim(bundle, ours(claims));
            close(bundle, ours(closings));
            ledger.postAll(bundle, transfers);
        }

        private void claim(Bundle bundle, List<Books.Claimed> steps) {
            ClaimRows.done(
                    bundle,
                    steps.stream()
                            .map(step -> new ClaimRows.Signed(step.claim(), step.proofs()))
                            .toList(),
                    now);
            for (Books.Claimed step : steps) {
                Payment payment = step.payment();
                transfers.add(
                        Transfer.moving()
                                .take(Account.ECASH_TREASURY, payment.paid())
                                .give(Account.JOB_ESCROW, payment.paid())
                                .of("claim", payment.id()));
                booked.put(payment.id(), new Books.Booked(true, Optional.empty(), List.of()));
            }
        }

        private void close(Bundle bundle, List<Books.Closing> steps) {
            Bundle rest = new Bundle(); // bills come last before the ledger
            Map<String, Bill> billed = bill(rest, steps);
            List<ClaimRows.Gift> gifts = new ArrayList<>();
            List<BlankRows.Owned> swaps = new ArrayList<>();
            List<BookRows.Closed> closed = new ArrayList<>();
            for (Books.Closing step : steps) {
                Payment payment = step.payment();
                Optional<Bill> bill = Optional.ofNullable(billed.get(payment.id()));
                Msat cost = bill.map(Bill::cost).orElse(Msat.ZERO);
                ChangePlan plan =
                        plans.plan(payment, cost, Objects.requireNonNull(held.get(payment.id())));
                gifts.add(plan.gift());
                plan.swaps()
                        .forEach(swap -> swaps.add(new BlankRows.Owned(swap, payment.ownerBoot())));
                closed.add(new BookRows.Closed(payment, bill.isPresent(), plan));
                transfers.add(transfer(step, bill, plan));
                Receipt receipt = new Receipt(cost, bill, Optional.of(plan.change()));
                booked.put(
                        payment.id(), new Books.Booked(true, Optional.of(receipt), plan.swaps()));
            }
            BlankRows.insert(bundle, swaps, now);
            ClaimRows.give(bundle, gifts);
            BookRows.close(bundle, closed, now);
            bundle.addAll(rest);
        }

        private Map<String, Bill> bill(Bundle bundle, List<Books.Closing> steps) {
            List<BillStore.Job> jobs = new ArrayList<>();
            for (Books.Closing step : steps) {
                Payment payment = step.payment();
                step.service()
                        .ifPresent(service ->
                                jobs.add(
                                        new BillStore.Job(payment.id(), payment.model(), service)));
            }
            return bills.bill(bundle, jobs, now, monthTokens).stream()
                    .collect(
                            Collectors.toMap(
                                    billed -> billed.job().payerId(), BillStore.Billed::bill));
        }
    }

    private static Transfer transfer(Books.Closing step, Optional<Bill> bill, ChangePlan plan) {
        Payment payment = step.payment();
        Msat change = plan.change().change();
        Transfer.Builder transfer =
                Transfer.moving()
                        .take(Account.JOB_ESCROW, payment.paid())
                        .give(Account.CHANGE_DUE, plan.due())
                        .give(Account.ECASH_TREASURY, change.minus(plan.due()));
        if (bill.isEmpty()) {
            return transfer.of("refund", payment.id());
        }
        return transfer.give(
                        Account.sats(step.service().orElseThrow().providerId()),
                        bill.get().split().provider())
                .give(Account.FEE, bill.get().split().fee())
                .give(Account.FX, bill.get().split().fx())
                .of("settle", payment.id());
    }
}
