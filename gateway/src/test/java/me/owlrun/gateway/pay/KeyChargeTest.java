package me.owlrun.gateway.pay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.db.Bundle;
import me.owlrun.db.Database;
import me.owlrun.gateway.http.PaymentHeaders;
import me.owlrun.gateway.ledger.Account;
import me.owlrun.gateway.ledger.LedgerAuditStore;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.ledger.Transfer;
import me.owlrun.gateway.meter.Bill;
import me.owlrun.gateway.meter.EarningStore;
import me.owlrun.gateway.meter.ModelPrice;
import me.owlrun.gateway.meter.ProviderTier;
import me.owlrun.gateway.meter.Split;
import me.owlrun.gateway.meter.Usage;
import me.owlrun.gateway.oracle.BtcRate;
import me.owlrun.hash.Sha256;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/// Paying by a key on a real PostgreSQL: pots, limits, shares, repeats, two gateways at once.
final class KeyChargeTest {

    private static final long BUYER = 1;
    private static final long PROVIDER = 2;

    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-11-21T12:00:00Z"));
    private final Database database = TestTables.open();
    private final LedgerStore ledger = new LedgerStore(now::get);
    private final ChargeDesk desk = desk("boot-a");
    private final ChargeDesk other = desk("boot-b");
    private final AtomicLong jobs = new AtomicLong();

    private ChargeDesk desk(String boot) {
        return desk(boot, PaySteps.UNWATCHED);
    }

    private ChargeDesk desk(String boot, PaySteps steps) {
        return new ChargeDesk(
                new ChargeStore(
                        database, ledger, new BillStore(new EarningStore(database)), now::get),
                boot,
                steps);
    }

    @AfterEach
    void audit() {
        assertEquals(List.of(), new LedgerAuditStore(database).findings());
        assertEquals(List.of(), new PayAuditStore(database).findings());
        desk.close();
        other.close();
        database.close();
    }

    private static String hash(String key) {
        return HexFormat.of().formatHex(Sha256.of(key));
    }

    private void key(String key, String limit, String period) {
        TestTables.execute(
                database,
                """
                INSERT INTO api_key (key_sha256, account_id, kind, spend_limit_msat, limit_period,
                    created_at)
                VALUES (decode('%s', 'hex'), %d, 'buyer', %s, '%s', now())
                """
                        .formatted(hash(key), BUYER, limit, period));
    }

    private void fund(Account from, Account to, long amount) {
        if (amount == 0) {
            return;
        }
        Transfer gift =
                Transfer.moving()
                        .take(from, Msat.of(amount))
                        .give(to, Msat.of(amount))
                        .of("test", "fund" + jobs.incrementAndGet());
        database.inTransaction(connection -> ledger.post(connection, gift));
    }

    private void accounts(long sats, long credit) {
        TestTables.execute(
                database, "INSERT INTO user_account (created_at) VALUES (now()), (now())");
        fund(Account.OPERATOR_EQUITY, Account.sats(BUYER), sats);
        fund(Account.CREDIT_GRANT, Account.credit(BUYER), credit);
    }

    private long balance(Account account) {
        return database.transaction(connection -> ledger.balance(connection, account)).value();
    }

    private Look<Funds> look(ChargeDesk at, String key, String idempotencyKey) {
        BuyerKeys keys = bearer -> Optional.of(new BuyerKeys.Found.Key(BUYER, hash(bearer)));
        PaymentHeaders headers =
                new PaymentHeaders(
                        Optional.empty(),
                        Optional.of(key),
                        Optional.of(idempotencyKey).filter(text -> !text.isEmpty()),
                        Optional.empty());
        return switch (new KeyMethod(keys, at, new SecureRandom()).offered(headers).orElseThrow()) {
            case Look.Fine<PaymentMethod.Offer>(PaymentMethod.Offer offer) -> offer.funds();
            case Look.Wrong<PaymentMethod.Offer>(Refusal refusal) -> new Look.Wrong<>(refusal);
        };
    }

    private Funds funds(String key) {
        return switch (look(desk, key, "")) {
            case Look.Fine<Funds>(Funds funds) -> funds;
            case Look.Wrong<Funds>(Refusal refusal) -> throw new AssertionError(refusal);
        };
    }

    private ClaimResult claim(ChargeDesk at, String key, String idempotencyKey, long costMax) {
        return switch (look(at, key, idempotencyKey)) {
            case Look.Fine<Funds>(Funds funds) -> funds.claim("m", Msat.of(costMax));
            case Look.Wrong<Funds>(Refusal refusal) -> new ClaimResult.NotClaimed(refusal);
        };
    }

    private Charge charge(String key, long costMax) {
        return assertInstanceOf(ClaimResult.Claimed.class, claim(desk, key, "", costMax)).charge();
    }

    private static String code(ClaimResult result) {
        return assertInstanceOf(ClaimResult.NotClaimed.class, result)
                .refusal()
                .error()
                .code()
                .code();
    }

    private Service job(long cost) {
        return new Service(
                "job_" + jobs.incrementAndGet(),
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

    @Test
    void settle_creditFirstAndCreditStaysCredit() {
        accounts(1_000, 150);
        key("k", "null", "total");
        Charge charge = charge("k", 500);
        assertEquals(650, balance(Account.sats(BUYER)));
        assertEquals(0, balance(Account.credit(BUYER)));
        assertEquals(Msat.of(500), charge.held());
        Receipt receipt = charge.settle(job(200));
        assertEquals(Msat.of(200), receipt.cost());
        assertEquals(Optional.empty(), receipt.change());
        assertEquals(950, balance(Account.sats(BUYER)));
        assertEquals(0, balance(Account.credit(BUYER)));
        // 200 = 181 + 17 + 2; three quarters of each are credit, what rounding leaves is the fee's
        assertEquals(135, balance(Account.credit(PROVIDER)));
        assertEquals(14, balance(Account.CREDIT_FEE));
        assertEquals(1, balance(Account.CREDIT_FX));
        assertEquals(46, balance(Account.sats(PROVIDER)));
        assertEquals(3, balance(Account.FEE));
        assertEquals(1, balance(Account.FX));
        assertThrows(PaymentLostException.class, charge::refund);
    }

    @Test
    void hold_whoseRequestFailsRightAfter_isRefundedByTheSameGateway() {
        accounts(1_000, 150);
        key("k", "null", "total");
        PaySteps broken =
                _ -> {
                    throw new IllegalStateException("the request ends here");
                };
        try (ChargeDesk failing = desk("boot-c", broken)) {
            assertThrows(IllegalStateException.class, () -> claim(failing, "k", "", 500));
            assertEquals(650, balance(Account.sats(BUYER)));
            failing.sweep();
        }
        assertEquals(1_000, balance(Account.sats(BUYER)));
        assertEquals(150, balance(Account.credit(BUYER)));
    }

    @Test
    void share_anyCostAndCredit_addsUpWithinEachPart() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 20_000; i++) {
            Msat cost = Msat.of(random.nextLong(10, i % 2 == 0 ? 200 : 1_000_000_000_000L));
            Msat credit = Msat.of(random.nextLong(cost.value() + 1));
            ProviderTier tier = List.of(ProviderTier.values()).get(random.nextInt(4));
            Split split = Split.of(cost, tier, Msat.of(10));
            CreditShare share = CreditShare.of(split, credit);
            assertEquals(credit, share.provider().plus(share.fee()).plus(share.fx()));
            for (Msat room :
                    List.of(
                            split.provider().minus(share.provider()),
                            split.fee().minus(share.fee()),
                            split.fx().minus(share.fx()))) {
                assertTrue(!room.isNegative(), () -> split + " " + share);
            }
        }
    }

    @Test
    void refund_andAbandon_giveEverythingBackToWhereItCameFrom() {
        accounts(1_000, 150);
        key("k", "600", "total");
        assertEquals(Msat.ZERO, charge("k", 500).refund().cost());
        Charge left = charge("k", 600);
        assertEquals("key_limit_reached", code(claim(desk, "k", "", 10)));
        desk.sweep();
        assertEquals(550, balance(Account.sats(BUYER)));
        left.abandon();
        desk.sweep();
        assertEquals(1_000, balance(Account.sats(BUYER)));
        assertEquals(150, balance(Account.credit(BUYER)));
        assertThrows(PaymentLostException.class, () -> left.settle(job(10)));
        assertEquals(Msat.of(600), charge("k", 600).held());
        // its boot has no lease: it is gone, so another one gives the money back
        other.sweep();
        assertEquals(1_150, balance(Account.sats(BUYER)) + balance(Account.credit(BUYER)));
    }

    @Test
    void hold_beyondPotsOrLimit_isRefusedAndTouchesNothing() {
        accounts(1_000, 0);
        key("rich", "null", "total");
        key("daily", "300", "day");
        assertEquals("insufficient_funds", code(claim(desk, "rich", "", 1_001)));
        assertEquals("key_limit_reached", code(claim(desk, "daily", "", 301)));
        assertEquals("key_limit_reached", code(claim(desk, "unknown", "", 10)));
        var _ = charge("daily", 300).settle(job(300));
        assertEquals("key_limit_reached", code(claim(desk, "daily", "", 10)));
        Charge overnight = charge("rich", 100);
        now.set(Instant.parse("2026-11-22T00:00:01Z"));
        Charge next = charge("daily", 300);
        assertEquals("key_limit_reached", code(claim(desk, "daily", "", 10)));
        var _ = next.settle(job(100));
        var _ = charge("daily", 200).refund();
        var _ = overnight.refund();
        assertEquals(600, balance(Account.sats(BUYER)));
    }

    @Test
    void idempotencyKey_neverStartsASecondJob() {
        accounts(1_000, 0);
        key("k", "null", "total");
        Charge first =
                assertInstanceOf(ClaimResult.Claimed.class, claim(desk, "k", "once", 100)).charge();
        assertEquals("payment_in_progress", code(claim(desk, "k", "once", 100)));
        assertEquals("payment_in_progress", code(claim(other, "k", "once", 100)));
        var _ = first.settle(job(40));
        ClaimResult again = claim(other, "k", "once", 100);
        assertEquals("idempotency_key_reused", code(again));
        String message =
                assertInstanceOf(ClaimResult.NotClaimed.class, again).refusal().error().message();
        assertTrue(message.contains("job_") && message.contains("40 msat"), message);
        assertEquals(960, balance(Account.sats(BUYER)));
    }

    @Test
    void settleAndHoldOfOneKeyInOneBatch_bothCountInWhatTheKeyHasSpent() throws Exception {
        accounts(5_000, 0);
        key("k", "1000", "total");
        Charge first = charge("k", 500);
        Funds more = funds("k");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> calls = new ArrayList<>();
            database.inTransaction(connection -> {
                Bundle lock = new Bundle();
                ledger.lock(lock);
                lock.run(connection);
                calls.add(started(threads, () -> more.claim("m", Msat.of(10))));
                calls.add(started(threads, () -> first.settle(job(100))));
                calls.add(started(threads, () -> more.claim("m", Msat.of(50))));
            });
            for (Future<?> call : calls) {
                assertTrue(call.get() != null);
            }
        }
        assertEquals(160, TestTables.number(database, "SELECT spent_msat FROM api_key"));
    }

    /// Starts a call and waits until it waits, behind those before it.
    private static Future<?> started(ExecutorService threads, Callable<Object> call) {
        BlockingQueue<Thread> runner = new ArrayBlockingQueue<>(1);
        Future<Object> future =
                threads.submit(() -> {
                    runner.add(Thread.currentThread());
                    return call.call();
                });
        try {
            Thread thread = runner.take();
            while (thread.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return future;
    }

    @Test
    void manyAtOnceOnTwoGateways_neverSpendMoreThanThereIs() throws Exception {
        accounts(5_000, 3_000);
        key("k", "7000", "total");
        AtomicLong costs = new AtomicLong();
        AtomicLong refused = new AtomicLong();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Boolean>> calls = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                ChargeDesk at = i % 2 == 0 ? desk : other;
                int cost = 10 + i % 90;
                calls.add(() -> {
                    switch (claim(at, "k", "", 100)) {
                        case ClaimResult.Claimed(Charge charge) when cost % 3 == 0 ->
                                assertEquals(Msat.ZERO, charge.refund().cost());
                        case ClaimResult.Claimed(Charge charge) ->
                                costs.addAndGet(charge.settle(job(cost)).cost().value());
                        case ClaimResult.NotClaimed _ -> refused.incrementAndGet();
                    }
                    return true;
                });
            }
            for (Future<Boolean> call : threads.invokeAll(calls)) {
                assertTrue(call.get());
            }
        }
        assertEquals(
                8_000 - costs.get(), balance(Account.sats(BUYER)) + balance(Account.credit(BUYER)));
        assertEquals(costs.get(), TestTables.number(database, "SELECT spent_msat FROM api_key"));
        assertTrue(costs.get() <= 7_000, () -> costs + " with " + refused + " refused");
    }
}
