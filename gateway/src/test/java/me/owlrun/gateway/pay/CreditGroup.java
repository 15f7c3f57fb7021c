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
import me.owlrun.gateway.referral.ReferralAuditStore;
import me.owlrun.gateway.referral.Referrals;
import me.owlrun.hash.Sha256;
import me.owlrun.money.Msat;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/// A group of accounts in one hand among honest ones, on a real PostgreSQL in virtual time:
/// charges, bills, referrals and bounties are the real ones; what a mint would do is a transfer.
final class CreditGroup implements AutoCloseable {

    private static final int MEMBERS = 4;
    private static final int ALL = 7;
    private static final long HONEST_BUYER = 6;
    private static final List<String> MODELS = List.of("m0", "m1", "m2");
    private static final int STEPS_PER_LOOK = 50;

    private volatile Instant now = Instant.parse("2026-11-21T12:00:00Z");
    private final Database database = TestTables.openAll();
    private final LedgerStore ledger = new LedgerStore(() -> now);
    private final SplittableRandom random;
    private final boolean hasSats;
    private final BillStore bills =
            new BillStore(new EarningStore(database), (_, node, _) -> node.equals("n2") ? 77 : 0);
    private final ChargeStore charges = new ChargeStore(database, ledger, bills, () -> now);
    private final Bounties bounties;
    private final Referrals referrals;
    private long transfers;
    private long paidInMsat;
    private long paidByOthersMsat;
    private long takenMsat;

    /// @param hasSats whether the group may pay in sats, and others buy from it with sats
    CreditGroup(long seed, boolean hasSats) {
        this.random = new SplittableRandom(seed);
        this.hasSats = hasSats;
        Settings settings =
                Settings.read(
                        BountySettings.TABLE,
                        "OWLRUN_TEST_",
                        Map.of(),
                        List.of("--bounty.payers=1", "--bounty.feed=100"));
        bounties =
                Bounties.of(
                        settings,
                        database,
                        ledger,
                        (NodeIdentity _, Instant _) -> TrustTier.T3,
                        () -> now,
                        new StopSignal());
        referrals =
                new Referrals(database, ledger, new SecureRandom(), () -> now, new StopSignal());
        TestTables.execute(
                database,
                """
                INSERT INTO user_account (created_at)
                SELECT timestamptz '2026-11-20T00:00:00Z' FROM generate_series(1, %d);
                INSERT INTO api_key (key_sha256, account_id, kind, created_at)
                SELECT sha256(id::text::bytea), id, 'buyer', created_at FROM user_account;
                INSERT INTO referral (referred_id, referrer_id, since, ends_at)
                VALUES (1, 2, '2026-11-20', '2027-11-20'), (5, 3, '2026-11-20', '2027-11-20')
                """
                        .formatted(ALL));
        if (!hasSats) {
            TestTables.execute(database, "DELETE FROM referral WHERE referred_id = 5");
        }
        pay(Account.OPERATOR_EQUITY, Account.sats(HONEST_BUYER), 1L << 40);
    }

    void run(int steps) {
        for (int step = 0; step < steps; step++) {
            step();
            now = now.plusSeconds(random.nextLong(1, 3_600));
            if (step % STEPS_PER_LOOK == 0) {
                bounties.round();
                referrals.round();
                check();
            }
        }
        now = now.plus(Duration.ofDays(10));
        bounties.round();
        referrals.round();
        for (long member = 1; member <= MEMBERS; member++) {
            takeOut(member);
        }
        check();
        audit();
    }

    private void step() {
        long member = random.nextLong(1, MEMBERS + 1);
        switch (random.nextInt(10)) {
            case 0 -> pay(Account.CREDIT_GRANT, Account.credit(member), random.nextLong(1, 90_000));
            case 1 -> topUp(member);
            case 2 -> takeOut(member);
            case 3 -> setOffer();
            case 4 -> buy(HONEST_BUYER, 5);
            case 5 -> buy(HONEST_BUYER, hasSats ? member : 5);
            case 6 -> buy(member, 5);
            default -> buy(member, random.nextLong(1, MEMBERS + 1));
        }
    }

    private void topUp(long member) {
        if (hasSats) {
            long amount = random.nextLong(1, 50_000);
            paidInMsat += amount;
            pay(Account.OPERATOR_EQUITY, Account.sats(member), amount);
        }
    }

    private void takeOut(long member) {
        long all = balance(Account.sats(member));
        takenMsat += all;
        pay(Account.sats(member), Account.OPERATOR_EQUITY, all);
    }

    private void setOffer() {
        Optional<String> problem =
                bounties.offer(
                        MODELS.get(random.nextInt(MODELS.size())),
                        random.nextLong(1_000, 1_081),
                        Msat.of(random.nextLong(0, 1_000_000)),
                        "");
        assertEquals(Optional.empty(), problem);
    }

    private void pay(Account from, Account to, long amount) {
        if (amount == 0) {
            return;
        }
        Transfer transfer =
                Transfer.moving()
                        .take(from, Msat.of(amount))
                        .give(to, Msat.of(amount))
                        .of("test", Long.toString(transfers++));
        database.inTransaction(connection -> ledger.post(connection, transfer));
    }

    private void buy(long buyer, long provider) {
        String id = "chg_" + transfers++;
        String model = MODELS.get(random.nextInt(MODELS.size()));
        Msat most = Msat.of(random.nextLong(10, 1L << random.nextInt(5, 17)));
        String key = HexFormat.of().formatHex(Sha256.of(Long.toString(buyer)));
        Held held = charges.hold(new Hold(id, buyer, key, Optional.empty(), "boot", model, most));
        if (!(held instanceof Held.Done(ChargeRows.Open open))) {
            return;
        }
        if (random.nextInt(8) == 0) {
            var _ = charges.close(open, Optional.empty());
            return;
        }
        Msat cost = Msat.of(random.nextLong(10, most.value() + 1));
        Receipt receipt = charges.close(open, Optional.of(service(id, provider, cost)));
        boolean isSale = buyer > MEMBERS && provider <= MEMBERS;
        if (isSale || (buyer > MEMBERS && provider == 5 && hasSats)) {
            paidByOthersMsat += receipt.cost().value(); // for 5, its referrer's share at most
        }
    }

    private Service service(String id, long provider, Msat cost) {
        return new Service(
                "job_" + id,
                provider,
                "n" + random.nextInt(3),
                tier ->
                        new Bill(
                                new Usage(1, random.nextInt(1, 200_000)),
                                new ModelPrice(1, 1),
                                BtcRate.ofUsd("87200.00"),
                                tier,
                                Msat.of(10),
                                Split.of(cost, tier, Msat.of(10))));
    }

    private void check() {
        long has = takenMsat + satsMsat() + waitingSatsMsat();
        long paid = paidInMsat + paidByOthersMsat;
        assertTrue(has <= paid, () -> "the group has " + has + " msat of " + paid);
    }

    private void audit() {
        assertEquals(List.of(), new LedgerAuditStore(database).findings());
        assertEquals(List.of(), new PayAuditStore(database).findings());
        assertEquals(List.of(), new AccountAuditStore(database).findings());
        assertEquals(List.of(), new ReferralAuditStore(database).findings());
        assertEquals(List.of(), new BountyAuditStore(database).findings());
    }

    private long balance(Account account) {
        return database.transaction(connection -> ledger.balance(connection, account)).value();
    }

    long takenMsat() {
        return takenMsat;
    }

    /// What the group could take out now.
    long satsMsat() {
        return sum(true);
    }

    long creditMsat() {
        return sum(false);
    }

    private long sum(boolean isSats) {
        long sum = 0;
        for (long member = 1; member <= MEMBERS; member++) {
            sum += balance(isSats ? Account.sats(member) : Account.credit(member));
        }
        return sum;
    }

    /// Bounties of the group that wait.
    long waitingSatsMsat() {
        return TestTables.number(
                database,
                "SELECT coalesce(sum(sats_msat), 0)::bigint FROM bounty_accrual"
                        + " WHERE state = 'open' AND provider_id <= "
                        + MEMBERS);
    }

    /// How many bounties the group got.
    long bounties() {
        return TestTables.number(
                database, "SELECT count(*) FROM bounty_accrual WHERE provider_id <= " + MEMBERS);
    }

    @Override
    public void close() {
        charges.close();
        database.close();
    }
}
