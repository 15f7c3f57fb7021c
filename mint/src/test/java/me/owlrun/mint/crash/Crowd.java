package me.owlrun.mint.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;

import static java.util.Objects.requireNonNull;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Proof;
import me.owlrun.mint.testing.Audit;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.mint.testing.TestWallet;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// Customers at work, all at once, and the day of reckoning.
final class Crowd {

    private static final int YS_MAX = 500;
    private static final int STUCK_CUSTOMERS = 2;
    private static final Duration REST_MAX = Duration.ofSeconds(60);

    private final List<Customer> customers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final List<Throwable> faults = new CopyOnWriteArrayList<>();
    private final CountDownLatch faulty = new CountDownLatch(1);

    /// @param url where the keysets are asked for
    Crowd(int size, Caller caller, SplittableRandom seed, String url) {
        List<TestWallet> wallets =
                List.of(
                        new TestWallet(url, CurrencyUnit.SAT),
                        new TestWallet(url, CurrencyUnit.MSAT));
        for (int i = 0; i < size; i++) {
            List<Purse> purses =
                    List.of(
                            new Purse(CurrencyUnit.SAT, wallets.get(0)),
                            new Purse(CurrencyUnit.MSAT, wallets.get(1)));
            int stuck = i < STUCK_CUSTOMERS ? 1 : 0;
            customers.add(new Customer(caller, seed.split(), purses, stuck));
        }
    }

    /// They start.
    void open() {
        for (Customer customer : customers) {
            var _ =
                    run(() -> {
                        while (!closing.get()) {
                            customer.act();
                        }
                    });
        }
    }

    /// Runs something beside them, whose failure is a failure of all.
    Thread run(Runnable work) {
        Thread thread =
                Thread.ofPlatform()
                        .daemon()
                        .start(() -> {
                            try {
                                work.run();
                            } catch (RuntimeException | AssertionError e) {
                                faults.add(e);
                                closing.set(true);
                                faulty.countDown();
                            }
                        });
        threads.add(thread);
        return thread;
    }

    /// Waits for work that was begun by [#run].
    void await(List<Thread> work, Duration max) throws InterruptedException {
        long deadline = System.nanoTime() + max.toNanos();
        for (Thread thread : work) {
            while (thread.isAlive() && faulty.getCount() > 0) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("not done in " + max);
                }
                var _ = thread.join(Duration.ofMillis(50));
            }
        }
        throwFault();
    }

    /// They finish what they are at.
    void close(Duration max) throws InterruptedException {
        closing.set(true);
        await(threads, max);
    }

    private void throwFault() {
        if (!faults.isEmpty()) {
            throw new AssertionError("a customer or a helper failed", faults.getFirst());
        }
    }

    /// Holds the books of all customers against each other and against the mint's, the states of
    /// all proofs included, and repeats every request.
    ///
    /// @param url a mint that lives
    void reckon(TestMint place, String url) throws InterruptedException {
        long deadline = System.nanoTime() + REST_MAX.toNanos();
        each(customer -> customer.finish(deadline));
        audit(place);
        Map<CurrencyUnit, TestWallet> wallets = new EnumMap<>(CurrencyUnit.class);
        for (CurrencyUnit unit : CurrencyUnit.values()) {
            wallets.put(unit, new TestWallet(url, unit));
        }
        each(customer -> checkStates(customer, wallets));
        each(Customer::replayAll);
        audit(place);
    }

    private void each(Consumer<Customer> work) throws InterruptedException {
        List<Thread> all = new ArrayList<>();
        for (Customer customer : customers) {
            all.add(run(() -> work.accept(customer)));
        }
        await(all, REST_MAX.multipliedBy(5));
    }

    private void audit(TestMint place) {
        for (CurrencyUnit unit : CurrencyUnit.values()) {
            List<Purse> purses = purses(unit);
            long owed = purses.stream().mapToLong(Purse::owed).sum();
            long minted = purses.stream().mapToLong(Purse::minted).sum();
            long melted = purses.stream().mapToLong(Purse::melted).sum();
            long fees = purses.stream().mapToLong(Purse::fees).sum();
            assertEquals(minted, owed + melted + fees, "minted = held + melted + fees, " + unit);
            // Input fees stay with the mint: they are no longer owed to anybody.
            Audit.check(place, unit, owed);
        }
    }

    private static void checkStates(Customer customer, Map<CurrencyUnit, TestWallet> wallets) {
        for (Purse purse : customer.purses()) {
            TestWallet wallet = requireNonNull(wallets.get(purse.unit()));
            checkStates(wallet, purse.held(), "UNSPENT");
            checkStates(wallet, purse.spent(), "SPENT");
            checkStates(wallet, purse.pending(), "PENDING");
        }
    }

    private static void checkStates(TestWallet wallet, List<Proof> proofs, String state) {
        for (int from = 0; from < proofs.size(); from += YS_MAX) {
            List<Proof> some = proofs.subList(from, Math.min(from + YS_MAX, proofs.size()));
            assertEquals(Collections.nCopies(some.size(), state), wallet.states(some));
        }
    }

    private List<Purse> purses(CurrencyUnit unit) {
        return customers.stream()
                .flatMap(customer -> customer.purses().stream())
                .filter(purse -> purse.unit() == unit)
                .toList();
    }

    /// What happened, for the closing line.
    String counts() {
        Map<Script, Integer> melts = new EnumMap<>(Script.class);
        customers.forEach(c -> c.melts().forEach((s, n) -> melts.merge(s, n, Integer::sum)));
        return "%d requests carried out, %d replays, %d double spends refused, %d paid inside, %s"
                .formatted(
                        customers.stream().mapToInt(Customer::deeds).sum(),
                        customers.stream().mapToInt(Customer::replays).sum(),
                        customers.stream().mapToInt(Customer::doubles).sum(),
                        customers.stream().mapToInt(Customer::inside).sum(),
                        melts);
    }
}
