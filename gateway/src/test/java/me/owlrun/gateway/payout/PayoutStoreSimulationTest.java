package me.owlrun.gateway.payout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.cashu.Amounts;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.Test;

import java.sql.ResultSet;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// The same weather as in [PayoutSimulationTest], with the real stores on PostgreSQL: crashes
/// before and after each commit, lost, late and double answers, two keepers at once. Every seed is
/// an account of its own and all share a vault; after each the audits find nothing.
final class PayoutStoreSimulationTest {

    private static final int SEEDS = Integer.getInteger("owlrun.payout.seeds", 50);
    private static final String HELD = "SELECT secret FROM vault_proof WHERE state = 'held'";
    private static final int LIST_MAX = 1_000;
    private static final Msat OWED = Msat.ofSat(500);

    private final PayoutTables tables = new PayoutTables();
    private final PayoutListStore payouts =
            new PayoutListStore(
                    tables.database(),
                    new LedgerStore(InstantSource.system()),
                    EscrowRows.NONE,
                    InstantSource.system());

    @Test
    void payouts_inAnyWeather_payExactlyOnceInTheBooks() {
        Map<Payout.State, Integer> ends = new EnumMap<>(Payout.State.class);
        int recalls = 0;
        try (tables) {
            for (long seed = 1; seed <= SEEDS; seed++) {
                long account = tables.accountWith(Amounts.splitForAnyChange(OWED.value()));
                for (Payout payout : play("seed " + seed, seed, account)) {
                    ends.merge(payout.state(), 1, Integer::sum);
                    recalls += payout.recall().isPresent() ? 1 : 0;
                }
            }
        }
        IO.println(
                "payout simulation on PostgreSQL: %d seeds, %s, %d recalls"
                        .formatted(SEEDS, ends, recalls));
        assertTrue(ends.getOrDefault(Payout.State.PAID, 0) > SEEDS);
        assertTrue(ends.getOrDefault(Payout.State.FAILED, 0) > SEEDS / 10);
    }

    private List<Payout> play(String name, long seed, long account) {
        PayoutStore[] made = new PayoutStore[1];
        Simulation run =
                new Simulation(
                        seed,
                        account,
                        simulation -> made[0] = tables.store(simulation::now, "boot " + seed));
        PayoutStore store = made[0];
        assertTrue(run.run(() -> neverTooMuch(name, run, store, account)), name + ": all closed");
        List<Payout> all = payouts.ofAccount(account, LIST_MAX);
        Msat sum = payouts.balance(account);
        for (Payout payout : all) {
            assertTrue(payout.state().isClosed(), name + ": open " + payout);
            if (payout.state() == Payout.State.PAID) {
                sum = sum.plus(payout.amount()).plus(payout.fee().orElseThrow());
            }
        }
        assertEquals(OWED, sum, name + ": balance and what arrived is what was owed");
        for (String secret : heldSecrets()) {
            assertFalse(run.mint().isSpent(secret), name + ": a coin we hold is spent");
        }
        assertEquals(List.of(), tables.findings(), name);
        return all;
    }

    private void neverTooMuch(String name, Simulation run, PayoutStore store, long account) {
        Msat out = Msat.ZERO;
        for (Payout payout : payouts.ofAccount(account, LIST_MAX)) {
            var operation = store.operation(payout.operation());
            boolean left =
                    operation
                            .quoteId()
                            .map(run.mint()::isPaid)
                            .orElseGet(() -> run.mint().isSwapped(operation.id()));
            out = left ? out.plus(payout.amount()) : out;
            assertFalse(
                    left && payout.state() == Payout.State.FAILED,
                    () -> name + ": failed and yet paid " + payout);
            assertFalse(
                    !left && payout.state() == Payout.State.PAID,
                    () -> name + ": paid and yet not arrived " + payout);
        }
        assertTrue(out.compareTo(OWED) <= 0, name + ": more left than was owed");
    }

    private List<String> heldSecrets() {
        return tables.database()
                .read(connection -> {
                    List<String> secrets = new ArrayList<>();
                    try (Statement query = connection.createStatement();
                            ResultSet rows = query.executeQuery(HELD)) {
                        while (rows.next()) {
                            secrets.add(rows.getString(1));
                        }
                    }
                    return secrets;
                });
    }
}
