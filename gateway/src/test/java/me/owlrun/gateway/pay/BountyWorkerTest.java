package me.owlrun.gateway.pay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.config.Settings;
import me.owlrun.db.Database;
import me.owlrun.gateway.account.AccountAuditStore;
import me.owlrun.gateway.bounty.Bounties;
import me.owlrun.gateway.bounty.BountyAuditStore;
import me.owlrun.gateway.bounty.BountySettings;
import me.owlrun.gateway.bounty.TrustTier;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.gateway.ledger.Account;
import me.owlrun.gateway.ledger.LedgerAuditStore;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.ledger.Transfer;
import me.owlrun.gateway.meter.Bill;
import me.owlrun.gateway.meter.EarningStore;
import me.owlrun.gateway.meter.ModelPrice;
import me.owlrun.gateway.meter.Split;
import me.owlrun.gateway.meter.Usage;
import me.owlrun.gateway.oracle.BtcRate;
import me.owlrun.gateway.pay.ChargeRows.Held;
import me.owlrun.gateway.pay.ChargeRows.Hold;
import me.owlrun.hash.Sha256;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The worker of bounties over real charges on a real PostgreSQL, in virtual time.
final class BountyWorkerTest {

    private static final long PROVIDER = 1;
    private static final int ACCOUNTS = 6;
    private static final NodeIdentity NODE = new NodeIdentity(PROVIDER, "node");
    private static final Duration VEST = Duration.ofDays(3);

    /// A job's cost, and the bounty it brings: 4 % of the 900,900 that the provider gets of it.
    private static final long COST = 1_000_000;

    private static final long EXTRA = 36_036;

    private volatile Instant now = Instant.parse("2026-11-21T12:00:00Z");
    private final Database database = TestTables.openAll();
    private final LedgerStore ledger = new LedgerStore(() -> now);
    private final ChargeStore charges =
            new ChargeStore(database, ledger, new BillStore(new EarningStore(database)), () -> now);
    private final Bounties bounties = bounties();
    private long names;

    private Bounties bounties() {
        return Bounties.of(
                Settings.read(BountySettings.TABLE, "OWLRUN_TEST_", Map.of(), List.of()),
                database,
                ledger,
                (NodeIdentity _, Instant _) -> TrustTier.T3,
                () -> now,
                new StopSignal());
    }

    @BeforeEach
    void fill() {
        TestTables.execute(
                database,
                """
                INSERT INTO user_account (created_at)
                SELECT timestamptz '2026-11-20T00:00:00Z' FROM generate_series(1, %d);
                INSERT INTO api_key (key_sha256, account_id, kind, created_at)
                SELECT sha256(id::text::bytea), id, 'buyer', created_at FROM user_account
                """
                        .formatted(ACCOUNTS));
        for (long account = 1; account <= ACCOUNTS; account++) {
            give(Account.OPERATOR_EQUITY, Account.sats(account), 100 * COST);
        }
        give(Account.OPERATOR_EQUITY, Account.FEE, 10 * COST);
        assertEquals(
                Optional.empty(), bounties.fund("gift", Msat.of(10 * COST), Msat.of(10 * COST)));
        offer(2 * COST);
    }

    @AfterEach
    void audit() {
        assertEquals(List.of(), new LedgerAuditStore(database).findings());
        assertEquals(List.of(), new PayAuditStore(database).findings());
        assertEquals(List.of(), new AccountAuditStore(database).findings());
        assertEquals(List.of(), new BountyAuditStore(database).findings());
        charges.close();
        database.close();
    }

    private void offer(long budget) {
        assertEquals(Optional.empty(), bounties.offer("m", 1_040, Msat.of(budget), "wanted"));
    }

    private void give(Account from, Account to, long amount) {
        Transfer transfer =
                Transfer.moving()
                        .take(from, Msat.of(amount))
                        .give(to, Msat.of(amount))
                        .of("test", Long.toString(names++));
        database.inTransaction(connection -> ledger.post(connection, transfer));
    }

    private void buy(long buyer) {
        String id = "chg_" + names++;
        String key = HexFormat.of().formatHex(Sha256.of(Long.toString(buyer)));
        Hold hold = new Hold(id, buyer, key, Optional.empty(), "boot", "m", Msat.of(COST));
        if (!(charges.hold(hold) instanceof Held.Done(ChargeRows.Open open))) {
            throw new AssertionError("nothing was held");
        }
        Service service =
                new Service(
                        "job_" + id,
                        PROVIDER,
                        NODE.nodeId(),
                        tier ->
                                new Bill(
                                        new Usage(1, 2),
                                        new ModelPrice(1, 1),
                                        BtcRate.ofUsd("87200.00"),
                                        tier,
                                        Msat.of(10),
                                        Split.of(Msat.of(COST), tier, Msat.of(10))));
        var _ = charges.close(open, Optional.of(service));
    }

    private long balance(Account account) {
        return database.transaction(connection -> ledger.balance(connection, account)).value();
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    @Test
    void bounty_ofThreePayers_isPaidAfterThreeDays() {
        buy(2);
        buy(3);
        buy(4);
        bounties.round();
        assertEquals(3 * EXTRA, balance(Account.BOUNTY_ESCROW));
        long before = balance(Account.sats(PROVIDER));
        pass(VEST.minusSeconds(1));
        bounties.round();
        assertEquals(before, balance(Account.sats(PROVIDER)));
        pass(Duration.ofSeconds(1));
        bounties.round();
        bounties.round();
        assertEquals(before + 3 * EXTRA, balance(Account.sats(PROVIDER)));
        assertEquals(0, balance(Account.BOUNTY_ESCROW));
    }

    @Test
    void bounty_ofTwoPayers_goesBack() {
        buy(2);
        buy(3);
        buy(3);
        bounties.round();
        long pool = balance(Account.BOUNTY_POOL);
        long before = balance(Account.sats(PROVIDER));
        pass(VEST);
        bounties.round();
        assertEquals(before, balance(Account.sats(PROVIDER)));
        assertEquals(pool + 3 * EXTRA, balance(Account.BOUNTY_POOL));
    }

    @Test
    void buyingFromOneself_getsNone_andFeedsThePool() {
        long pool = balance(Account.BOUNTY_POOL);
        buy(PROVIDER);
        bounties.round();
        assertEquals(0, balance(Account.BOUNTY_ESCROW));
        assertEquals(pool + 89_100 * 80 / 100 * 20 / 100, balance(Account.BOUNTY_POOL));
    }

    @Test
    void cheater_losesWhatWaits_andGetsNoneForTwoWeeks() {
        buy(2);
        bounties.round();
        buy(3); // not looked at yet
        assertEquals(Msat.of(EXTRA), bounties.forfeit(NODE, "a canary"));
        assertEquals(Msat.ZERO, bounties.forfeit(NODE, "again"));
        bounties.round();
        pass(Duration.ofDays(13));
        buy(4);
        bounties.round();
        assertEquals(0, balance(Account.BOUNTY_ESCROW));
        pass(Duration.ofDays(2));
        buy(4);
        bounties.round();
        assertEquals(EXTRA, balance(Account.BOUNTY_ESCROW));
    }

    @Test
    void budget_endsForTheDay() {
        offer(EXTRA + 5);
        buy(2);
        buy(3);
        buy(4);
        bounties.round();
        assertEquals(EXTRA + 5, balance(Account.BOUNTY_ESCROW));
        pass(Duration.ofDays(1));
        buy(2);
        pass(Duration.ofSeconds(1));
        offer(0);
        buy(3);
        bounties.round();
        assertEquals(EXTRA + 5 + EXTRA, balance(Account.BOUNTY_ESCROW));
    }

    @Test
    void jobPaidInBoth_getsABountyInBoth() {
        give(Account.CREDIT_GRANT, Account.credit(2), COST / 4);
        buy(2);
        bounties.round();
        assertEquals(EXTRA * 3 / 4, balance(Account.BOUNTY_ESCROW));
        assertEquals(EXTRA / 4, balance(Account.CREDIT_BOUNTY_ESCROW));
    }

    @Test
    void twoWorkers_lookAtEveryJobOnce() throws InterruptedException {
        Bounties other = bounties();
        for (int round = 0; round < 5; round++) {
            for (int job = 0; job < 8; job++) {
                buy(2 + job % 4);
            }
            Thread beside = Thread.ofVirtual().start(other::round);
            bounties.round();
            beside.join();
        }
        bounties.round();
        assertEquals(40, TestTables.number(database, "SELECT count(*) FROM bounty_accrual"));

        assertEquals(40 * EXTRA, balance(Account.BOUNTY_ESCROW));
        assertTrue(balance(Account.BOUNTY_POOL) > 0);
    }
}
