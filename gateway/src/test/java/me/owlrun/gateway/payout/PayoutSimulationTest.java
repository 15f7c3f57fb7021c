package me.owlrun.gateway.payout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.cashu.Amounts;
import me.owlrun.cashu.Proof;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.Test;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Thousands of seeded runs with lost, late and double answers, crashes before and after each
/// commit, payments that hang, and two gateways at once. A payee never gets more than it is owed,
/// and in the end exactly that.
final class PayoutSimulationTest {

    private static final int SEEDS = 2_500;
    private static final Msat OWED = Msat.ofSat(2_000);

    @Test
    void payouts_inAnyWeather_payExactlyOnce() {
        Map<Payout.State, Integer> ends = new EnumMap<>(Payout.State.class);
        int recalls = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            SimBook[] made = new SimBook[1];
            Simulation run =
                    new Simulation(
                            seed,
                            1,
                            simulation ->
                                    made[0] =
                                            new SimBook(
                                                    simulation::now,
                                                    OWED,
                                                    Amounts.splitForAnyChange(OWED.value())));
            SimBook book = made[0];
            String name = "seed " + seed;
            assertTrue(run.run(() -> neverTooMuch(name, run, book)), name + ": all is closed");
            atRest(name, run, book);
            for (Payout payout : book.all()) {
                ends.merge(payout.state(), 1, Integer::sum);
                recalls += payout.recall().isPresent() ? 1 : 0;
            }
        }
        System.out.printf("payout simulation: %d seeds, %s, %d recalls%n", SEEDS, ends, recalls);
        assertTrue(
                ends.getOrDefault(Payout.State.PAID, 0) > SEEDS
                        && ends.getOrDefault(Payout.State.FAILED, 0) > SEEDS / 10);
    }

    private static void neverTooMuch(String name, Simulation run, SimBook book) {
        Msat out = Msat.ZERO;
        for (Payout payout : book.all()) {
            boolean left = left(run, book, payout);
            out = left ? out.plus(payout.amount()) : out;
            if (payout.state() == Payout.State.FAILED) {
                assertTrue(!left, name + ": failed and yet paid " + payout.id());
            }
            if (payout.state() == Payout.State.PAID) {
                assertTrue(left, name + ": paid and yet not arrived " + payout.id());
            }
        }
        assertTrue(out.compareTo(OWED) <= 0, name + ": more left than was owed");
        assertTrue(!book.balance().isNegative(), name);
    }

    private static boolean left(Simulation run, SimBook book, Payout payout) {
        var operation = book.operation(payout.operation());
        return operation
                .quoteId()
                .map(run.mint()::isPaid)
                .orElseGet(() -> run.mint().isSwapped(operation.id()));
    }

    private static void atRest(String name, Simulation run, SimBook book) {
        Msat sum = book.balance();
        for (Payout payout : book.all()) {
            assertTrue(payout.state().isClosed(), name + ": open " + payout);
            if (payout.state() == Payout.State.PAID) {
                long fee = payout.method() == Payout.Method.LIGHTNING ? 1 : 0;
                sum = sum.plus(payout.amount()).plus(Msat.of(fee));
            }
        }
        assertEquals(OWED, sum, name + ": balance and what arrived is what was owed");
        List<Proof> coins = book.held();
        long worth = coins.stream().mapToLong(Proof::amount).sum();
        assertEquals(book.balance().value(), worth, name + ": the vault backs the balance");
        coins.forEach(coin ->
                assertTrue(!run.mint().isSpent(coin.secret()), name + ": a coin we hold is spent"));
    }
}
