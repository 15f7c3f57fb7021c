package me.owlrun.gateway.pay;

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

    /// Books steps, at most one of each payment, and says of each what came of it.
    List<Books.Booked> book(Connection connection, List<Books> steps) throws SQLException {
        Instant now = clock.instant();
        List<Transfer> transfers = new ArrayList<>();
        Map<String, Books.Booked> booked = new HashMap<>();
        claim(connection, only(steps, Books.Claimed.class), now, transfers, booked);
        close(connection, only(steps, Books.Closing.class), now, transfers, booked);
        ledger.postAll(connection, transfers);
        return steps.stream()
                .map(step -> booked.getOrDefault(step.payment().id(), Books.Booked.LOST))
                .toList();
    }

    private static <T extends Books> List<T> only(List<Books> steps, Class<T> kind) {
        return steps.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private static void claim(
            Connection connection,
            List<Books.Claimed> steps,
            Instant now,
            List<Transfer> transfers,
            Map<String, Books.Booked> booked)
            throws SQLException {
        if (steps.isEmpty()) {
            return;
        }
        Set<String> ours =
                BookRows.claimed(connection, steps.stream().map(Books.Claimed::payment).toList());
        List<Books.Claimed> mine =
                steps.stream().filter(step -> ours.contains(step.payment().id())).toList();
        boolean signed =
                ClaimRows.done(
                        connection,
                        mine.stream()
                                .map(step -> new ClaimRows.Signed(step.claim(), step.proofs()))
                                .toList(),
                        now);
        if (!signed) {
            throw new IllegalStateException("a claim had ended while its payment had not");
        }
        for (Books.Claimed step : mine) {
            Payment payment = step.payment();
            transfers.add(
                    Transfer.moving()
                            .take(Account.ECASH_TREASURY, payment.paid())
                            .give(Account.JOB_ESCROW, payment.paid())
                            .of("claim", payment.id()));
            booked.put(payment.id(), new Books.Booked(true, Optional.empty(), List.of()));
        }
    }

    private void close(
            Connection connection,
            List<Books.Closing> steps,
            Instant now,
            List<Transfer> transfers,
            Map<String, Books.Booked> booked)
            throws SQLException {
        if (steps.isEmpty()) {
            return;
        }
        Set<String> ours =
                BookRows.lockClaimed(
                        connection, steps.stream().map(Books.Closing::payment).toList());
        List<Books.Closing> mine =
                steps.stream().filter(step -> ours.contains(step.payment().id())).toList();
        Map<String, Bill> billed = bill(connection, mine, now);
        Map<String, ClaimRows.Held> held = ClaimRows.held(connection, List.copyOf(ours));
        List<ClaimRows.Gift> gifts = new ArrayList<>();
        List<BlankRows.Owned> swaps = new ArrayList<>();
        List<BookRows.Closed> closed = new ArrayList<>();
        for (Books.Closing step : mine) {
            Payment payment = step.payment();
            Optional<Bill> bill = Optional.ofNullable(billed.get(payment.id()));
            Msat cost = bill.map(Bill::cost).orElse(Msat.ZERO);
            ChangePlan plan =
                    plans.plan(payment, cost, Objects.requireNonNull(held.get(payment.id())));
            gifts.add(plan.gift());
            plan.swaps().forEach(swap -> swaps.add(new BlankRows.Owned(swap, payment.ownerBoot())));
            closed.add(new BookRows.Closed(payment, bill.isPresent(), plan));
            transfers.add(transfer(step, bill, plan));
            Receipt receipt = new Receipt(cost, bill, Optional.of(plan.change()));
            booked.put(payment.id(), new Books.Booked(true, Optional.of(receipt), plan.swaps()));
        }
        BlankRows.insert(connection, swaps, now);
        ClaimRows.give(connection, gifts);
        BookRows.close(connection, closed, now);
    }

    private Map<String, Bill> bill(Connection connection, List<Books.Closing> steps, Instant now)
            throws SQLException {
        List<BillStore.Job> jobs = new ArrayList<>();
        for (Books.Closing step : steps) {
            step.service()
                    .ifPresent(service ->
                            jobs.add(
                                    new BillStore.Job(
                                            step.payment().id(), step.payment().model(), service)));
        }
        return bills.bill(connection, jobs, now).stream()
                .collect(
                        Collectors.toMap(billed -> billed.job().payerId(), BillStore.Billed::bill));
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
