package me.owlrun.gateway.pay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.db.Database;
import me.owlrun.gateway.ledger.Account;
import me.owlrun.gateway.ledger.LedgerAuditStore;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.meter.Bill;
import me.owlrun.gateway.meter.EarningStore;
import me.owlrun.gateway.meter.ModelPrice;
import me.owlrun.gateway.meter.Split;
import me.owlrun.gateway.meter.Usage;
import me.owlrun.gateway.oracle.BtcRate;
import me.owlrun.hash.Sha256;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// Two gateways on one database want the same thing of a key at the same moment: one gets it.
final class KeyRaceTest {

    private static final long BUYER = 1;
    private static final long PROVIDER = 2;
    private static final long POT = 1_000_000;
    private static final String KEY = HexFormat.of().formatHex(Sha256.of("k"));
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    private final Database database = TestTables.open();
    private final LedgerStore ledger = new LedgerStore(() -> NOW);
    private final ChargeDesk desk = desk("boot-a");
    private final ChargeDesk other = desk("boot-b");
    private final AtomicInteger names = new AtomicInteger();

    private ChargeDesk desk(String boot) {
        return new ChargeDesk(
                new ChargeStore(
                        database, ledger, new BillStore(new EarningStore(database)), () -> NOW),
                boot,
                PaySteps.UNWATCHED);
    }

    private void account(String limitMsat) {
        TestTables.execute(
                database,
                """
                INSERT INTO user_account (created_at) VALUES (now()), (now());
                INSERT INTO api_key (key_sha256, account_id, kind, spend_limit_msat, limit_period,
                    created_at)
                VALUES (decode('%s', 'hex'), %d, 'buyer', %s, 'day', now())
                """
                        .formatted(KEY, BUYER, limitMsat));
        TestTables.fund(database, ledger, BUYER, POT, 0);
    }

    @AfterEach
    void audit() {
        assertEquals(List.of(), new LedgerAuditStore(database).findings());
        assertEquals(List.of(), new PayAuditStore(database).findings());
        desk.close();
        other.close();
        database.close();
    }

    private Optional<ChargeRows.Open> hold(ChargeDesk at, long costMax, Optional<String> name) {
        ChargeRows.Hold hold =
                new ChargeRows.Hold(
                        "chg_" + names.incrementAndGet(),
                        BUYER,
                        KEY,
                        name,
                        at.bootId(),
                        "m",
                        Msat.of(costMax));
        return at.hold(hold) instanceof ChargeRows.Held.Done(ChargeRows.Open open)
                ? Optional.of(open)
                : Optional.empty();
    }

    private Service job(long cost) {
        return new Service(
                "job_" + names.incrementAndGet(),
                PROVIDER,
                "node",
                tier ->
                        new Bill(
                                new Usage(1, 2),
                                new ModelPrice(1, 1),
                                BtcRate.ofUsd("87200.00"),
                                tier,
                                Msat.of(10),
                                Split.of(Msat.of(cost), tier, Msat.of(10))));
    }

    private long balance(Account account) {
        return database.transaction(connection -> ledger.balance(connection, account)).value();
    }

    private static <T> List<T> atOnce(List<Callable<T>> calls) throws Exception {
        List<T> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<T> result : threads.invokeAll(calls)) {
                results.add(result.get());
            }
        }
        return results;
    }

    @Test
    void limit_reachedAtBothGatewaysAtOnce_isSpentToTheMillisatAndNoFurther() throws Exception {
        account("1050");
        List<Callable<Boolean>> calls = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            ChargeDesk at = i % 2 == 0 ? desk : other;
            calls.add(() -> {
                Optional<ChargeRows.Open> held = hold(at, 100, Optional.empty());
                held.ifPresent(open -> {
                    var _ = at.charge(open).settle(job(100));
                });
                return held.isPresent();
            });
        }
        assertEquals(10, Collections.frequency(atOnce(calls), true));
        assertEquals(1_000, TestTables.number(database, "SELECT spent_msat FROM api_key"));
        assertEquals(POT - 1_000, balance(Account.sats(BUYER)));
        assertTrue(hold(desk, 50, Optional.empty()).isPresent(), "what is left can be spent");
        assertTrue(hold(other, 1, Optional.empty()).isEmpty(), "and then nothing");
    }

    @Test
    void idempotencyKey_atBothGatewaysAtOnce_startsOneJob() throws Exception {
        account("null");
        for (int round = 0; round < 20; round++) {
            Optional<String> name = Optional.of("name " + round);
            List<Optional<ChargeRows.Open>> held =
                    atOnce(List.of(() -> hold(desk, 100, name), () -> hold(other, 100, name)));
            assertEquals(1, held.stream().filter(Optional::isPresent).count());
            ChargeDesk at = held.getFirst().isPresent() ? desk : other;
            ChargeRows.Open open = held.stream().flatMap(Optional::stream).findFirst().get();
            var _ = at.charge(open).settle(job(10));
        }
        assertEquals(POT - 200, balance(Account.sats(BUYER)));
    }

    /// A third gateway is gone and left charges behind.
    @Test
    void leftBehind_sweptByBothAtOnce_isRefundedOnce() throws Exception {
        account("null");
        try (ChargeDesk gone = desk("boot-gone")) {
            for (int i = 0; i < 50; i++) {
                assertTrue(hold(gone, 100, Optional.empty()).isPresent());
            }
        }
        assertEquals(POT - 5_000, balance(Account.sats(BUYER)));
        Callable<Boolean> sweep =
                () -> {
                    desk.sweep();
                    return true;
                };
        Callable<Boolean> otherSweep =
                () -> {
                    other.sweep();
                    return true;
                };
        assertEquals(List.of(true, true), atOnce(List.of(sweep, otherSweep)));
        assertEquals(POT, balance(Account.sats(BUYER)));
        assertEquals(
                50,
                TestTables.number(database, "SELECT count(*) FROM transfer WHERE kind = 'refund'"));
    }

    /// A gateway that was thought dead settles while another refunds.
    @Test
    void charge_settledAndRefundedAtOnce_endsOnce() throws Exception {
        account("null");
        long paid = 0;
        for (int round = 0; round < 20; round++) {
            ChargeRows.Open open = hold(desk, 100, Optional.empty()).orElseThrow();
            Callable<Boolean> settle =
                    () -> {
                        try {
                            return desk.charge(open).settle(job(40)).bill().isPresent();
                        } catch (PaymentLostException e) {
                            return false;
                        }
                    };
            Callable<Boolean> refund =
                    () -> {
                        other.sweep();
                        return true;
                    };
            paid += atOnce(List.of(settle, refund)).getFirst() ? 40 : 0;
        }
        assertEquals(POT - paid, balance(Account.sats(BUYER)));
    }
}
