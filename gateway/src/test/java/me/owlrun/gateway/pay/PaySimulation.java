package me.owlrun.gateway.pay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.cashu.BlindSignature;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Keyset;
import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.TokenCodec;
import me.owlrun.db.Database;
import me.owlrun.gateway.instance.Instance;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.gateway.ledger.LedgerAuditStore;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.meter.Bill;
import me.owlrun.gateway.meter.EarningStore;
import me.owlrun.gateway.meter.ModelPrice;
import me.owlrun.gateway.meter.Split;
import me.owlrun.gateway.meter.Usage;
import me.owlrun.gateway.oracle.BtcRate;
import me.owlrun.gateway.vault.InputFees;
import me.owlrun.gateway.vault.MintClient;
import me.owlrun.gateway.vault.MintKeysets;
import me.owlrun.gateway.vault.VaultAuditStore;
import me.owlrun.money.Msat;

import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// Gateways on one real PostgreSQL in virtual time, with a mint without curve and network. A seed
/// decides amounts, what the mint does, where the gateway crashes, and who comes back; the gateways
/// finish what others left.
final class PaySimulation implements AutoCloseable {

    private static final List<PayStep> STEPS = List.of(PayStep.values());
    private static final long ACCOUNT = 1;
    private static final long PROVIDER = 2;
    private static final long POT = 1L << 40;
    private static final String KEY = "00".repeat(32);
    private static final String SAT_BLANKS = "00000000000000aa";
    private static final String MSAT_BLANKS = "00000000000000bb";
    private static final ChangeTokens TOKENS = new ChangeTokens("http://mint.example");

    /// A mint that keeps something of every swap.
    private static final InputFees FEES =
            new InputFees() {
                @Override
                public OptionalLong ppk(KeysetId keyset) {
                    return OptionalLong.of(100);
                }

                @Override
                public boolean areKnown() {
                    return true;
                }
            };

    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-11-21T12:00:00Z"));
    private final Database database = TestTables.open();
    private final LedgerStore ledger = new LedgerStore(now::get);
    private final SimMint mint = new SimMint();
    private final MintKeysets keysets =
            new MintKeysets(
                    new MintClient(URI.create("http://127.0.0.1:9"), Duration.ofSeconds(1)));
    private final Map<String, Token> tokens = new ConcurrentHashMap<>();

    /// What buyers were told, unless the gateway died before.
    private final Map<String, Receipt> told = new ConcurrentHashMap<>();

    private final List<Gateway> gateways = new ArrayList<>();
    private final AtomicInteger names = new AtomicInteger();
    private final AtomicInteger crashes = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();

    /// Stands for the end of a process.
    private static final class CrashException extends RuntimeException {
        CrashException(PayStep step) {
            super(step.name(), null, false, false);
        }
    }

    /// A token that was spent here.
    private record Token(long seed, Tender tender) {}

    /// One gateway, alive until it crashes; the next one of its name follows.
    private final class Gateway {

        private final String name = "g" + names.incrementAndGet();
        private final PaymentStore payments =
                new PaymentStore(
                        database,
                        ledger,
                        new BillStore(new EarningStore(database)),
                        now::get,
                        new ChangePlan.Maker(TOKENS, FEES));
        private final ChangeStore changeStore = new ChangeStore(database, ledger, now::get, TOKENS);
        private final ChangeDesk changes = new ChangeDesk(changeStore, payments, mint, this::step);
        private final ChargeStore charges =
                new ChargeStore(
                        database, ledger, new BillStore(new EarningStore(database)), now::get);
        private Optional<PayStep> crashAt = Optional.empty();
        private Cashier cashier = cashier("");
        private ChargeDesk desk = new ChargeDesk(charges, "", this::step);
        private Recovery recovery = recovery(instance(""));

        private Instance instance(String boot) {
            return new Instance(name, boot, database, new StopSignal());
        }

        private Cashier cashier(String boot) {
            return new Cashier(
                    payments, mint, keysets, changes, random(), boot, this::step, Runnable::run);
        }

        private Recovery recovery(Instance instance) {
            return new Recovery(
                    payments, mint, cashier, changes, FEES, desk, instance, new StopSignal());
        }

        private void step(PayStep step) {
            if (crashAt.filter(step::equals).isPresent()) {
                crashAt = Optional.empty();
                crashes.incrementAndGet();
                throw new CrashException(step);
            }
        }

        /// Starts, and forgets what was in memory.
        void boot() {
            String boot = name + "-" + names.incrementAndGet();
            Instance instance = instance(boot);
            cashier = cashier(boot);
            desk = new ChargeDesk(charges, boot, this::step);
            recovery = recovery(instance);
            instance.begin();
        }

        void live(long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            mint.roll(random);
            for (int i = 0; i <= random.nextInt(2); i++) {
                crashAt =
                        random.nextInt(3) == 0
                                ? Optional.of(STEPS.get(random.nextInt(STEPS.size())))
                                : Optional.empty();
                try {
                    if (random.nextInt(4) == 0) {
                        payByKey(random);
                    } else {
                        payByToken(seed, i, random);
                    }
                } catch (CrashException e) {
                    boot();
                } catch (PaymentLostException e) {
                    lost.incrementAndGet(); // this gateway's lease ran out on a slow machine
                }
                crashAt = Optional.empty();
                if (random.nextInt(8) == 0) {
                    tick(random.nextInt(10));
                    recovery.sweep();
                }
            }
        }

        private void payByToken(long seed, int index, SplittableRandom random) {
            Tender tender = tender(seed + "/" + index, random);
            Token token = new Token(seed, tender);
            tokens.put(tender.key(), token);
            Optional<Blanks> blanks = blanks(tender.unit(), random);
            long costMax = random.nextLong(10, tender.paid().value() + 1);
            for (int sent = 0; sent <= random.nextInt(2); sent++) {
                switch (cashier.claim(tender, blanks, "m", Msat.of(costMax), Optional.empty())) {
                    case ClaimResult.Claimed(Charge charge) -> {
                        assertEquals(Msat.of(costMax), charge.held());
                        end(charge, random).ifPresent(r -> told.put(tender.key(), r));
                    }
                    case ClaimResult.NotClaimed _ -> {}
                }
            }
        }

        private void payByKey(SplittableRandom random) {
            ChargeRows.Hold hold =
                    new ChargeRows.Hold(
                            "chg_" + names.incrementAndGet(),
                            ACCOUNT,
                            KEY,
                            Optional.empty(),
                            desk.bootId(),
                            "m",
                            Msat.of(random.nextLong(10, 5_000)));
            if (desk.hold(hold) instanceof ChargeRows.Held.Done(ChargeRows.Open open)) {
                var _ = end(desk.charge(open), random);
            }
        }

        private Optional<Receipt> end(Charge charge, SplittableRandom random) {
            int d = random.nextInt(10);
            if (d < 7) {
                return Optional.of(
                        charge.settle(job(random.nextLong(10, charge.held().value() + 1))));
            }
            if (d < 9) {
                return Optional.of(charge.refund());
            }
            charge.abandon();
            return Optional.empty();
        }

        void close() {
            payments.close();
            changeStore.close();
            charges.close();
        }
    }

    private static SecureRandom random() {
        return new SecureRandom();
    }

    private void tick(int seconds) {
        now.updateAndGet(instant -> instant.plusSeconds(seconds));
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

    /// None, those of the token's unit, or those of both units.
    private static Optional<Blanks> blanks(CurrencyUnit unit, SplittableRandom random) {
        List<Blanks.Group> groups = new ArrayList<>(List.of(group(unit)));
        if (unit == CurrencyUnit.SAT && random.nextBoolean()) {
            groups.add(group(CurrencyUnit.MSAT));
        }
        return random.nextBoolean() ? Optional.of(new Blanks(groups)) : Optional.empty();
    }

    private static Blanks.Group group(CurrencyUnit unit) {
        return new Blanks.Group(
                unit,
                new KeysetId(unit == CurrencyUnit.SAT ? SAT_BLANKS : MSAT_BLANKS),
                Collections.nCopies(16, "02" + "11".repeat(32)));
    }

    private static Tender tender(String name, SplittableRandom random) {
        CurrencyUnit unit = random.nextInt(4) == 0 ? CurrencyUnit.SAT : CurrencyUnit.MSAT;
        Msat paid =
                unit == CurrencyUnit.SAT
                        ? Msat.ofSat(random.nextLong(1, 60))
                        : Msat.of(random.nextLong(10, 20_000));
        Keyset keyset =
                new Keyset(
                        new KeysetId("0123456789abcdef"),
                        unit.text(),
                        true,
                        0,
                        OptionalLong.empty(),
                        new TreeMap<>());
        return new Tender("token " + name, unit, Encoding.B, List.of(), 0, keyset, paid);
    }

    /// What happened in it.
    ///
    /// @param takenOver payments that another gateway finished while their own was at work
    record Count(int crashes, int takenOver) {}

    /// @param gatewayCount gateways on the database
    PaySimulation(int gatewayCount) {
        fund();
        for (int i = 0; i < gatewayCount; i++) {
            gateways.add(new Gateway());
        }
        gateways.forEach(Gateway::boot);
    }

    Count count() {
        return new Count(crashes.get(), lost.get());
    }

    /// One seed at one gateway; then all gateways finish what it left, and everything is audited.
    void liveAndCheck(int seed) {
        addKits(2);
        mint.ail();
        gateways.get(seed % gateways.size()).live(seed);
        rest();
        check();
    }

    /// Seeds at all gateways at once; then everything comes to rest and is audited.
    void liveTogetherAndCheck(int firstSeed, int endSeed) throws Exception {
        addKits(endSeed - firstSeed);
        mint.ail();
        List<Callable<Boolean>> lives = new ArrayList<>();
        for (int g = 0; g < gateways.size(); g++) {
            int from = firstSeed + g;
            Gateway gateway = gateways.get(g);
            lives.add(() -> {
                for (int seed = from; seed < endSeed; seed += gateways.size()) {
                    gateway.live(seed);
                }
                return true;
            });
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> life : threads.invokeAll(lives)) {
                assertTrue(life.get());
            }
        }
        rest();
        check();
    }

    /// Lets the mint answer everything, and whoever is alive finish what is left.
    private void rest() {
        mint.heal();
        gateways.forEach(Gateway::boot);
        for (int i = 0; i < 3; i++) {
            tick(10);
            gateways.forEach(gateway -> gateway.recovery.sweep());
        }
    }

    private void check() {
        Gateway by = gateways.getFirst();
        assertEquals(List.of(), new LedgerAuditStore(database).findings());
        assertEquals(List.of(), new PayAuditStore(database).findings());
        assertEquals(List.of(), new VaultAuditStore(database).findings());
        assertEquals(
                0,
                TestTables.number(
                        database,
                        "SELECT count(*) FROM payment WHERE state IN ('intent', 'claimed')"
                                + " OR change_open > 0"));
        tokens.values().forEach(token -> check(token, by.cashier.find(token.tender.key())));
        tokens.clear();
        told.clear();
    }

    /// At rest a buyer has its token, or all of it as cost and change.
    private void check(Token token, Optional<Payment> payment) {
        String which = "seed " + token.seed;
        Optional<Receipt> said = Optional.ofNullable(told.get(token.tender.key()));
        long signed =
                TestTables.operations(database, token.tender.key()).stream()
                        .filter(id -> mint.fate(id) == SimMint.Fate.SIGNED)
                        .count();
        assertEquals(signed, payment.isPresent() ? 1 : 0, which);
        if (payment.isEmpty()) {
            assertEquals(Optional.empty(), said, which);
            return;
        }
        if (!(payment.get().state() instanceof Payment.State.Closed closed)) {
            throw new AssertionError(which + ": " + payment.get());
        }
        Change change = closed.change();
        assertEquals(token.tender.paid(), change.cost().plus(change.change()), which);
        assertEquals(change.change(), worth(change), which);
        assertFalse(change.pending(), which);
        said.ifPresent(receipt -> {
            assertEquals(receipt.cost(), change.cost(), which);
            if (!receipt.change().orElseThrow().pending()) {
                assertEquals(receipt.change(), Optional.of(change), which);
            }
        });
        TestTables.changes(database, payment.get().id())
                .forEach((id, state) ->
                        assertEquals(
                                mint.fate(id) == SimMint.Fate.SIGNED ? "done" : "refused",
                                state,
                                which));
    }

    /// What a buyer has of a change: tokens, signatures, and the mint's fee for them.
    private static Msat worth(Change change) {
        Msat worth = tokenWorth(change.token()).plus(tokenWorth(change.tokenMsat().orElse("")));
        if (change.blind().isPresent()) {
            worth = worth.plus(change.blind().get().fee());
            for (BlindSignature signature : change.blind().get().signatures()) {
                CurrencyUnit unit =
                        signature.keysetId().value().equals(SAT_BLANKS)
                                ? CurrencyUnit.SAT
                                : CurrencyUnit.MSAT;
                worth = worth.plus(unit.toMsat(signature.amount()));
            }
        }
        return worth;
    }

    private static Msat tokenWorth(String text) {
        if (text.isEmpty()) {
            return Msat.ZERO;
        }
        me.owlrun.cashu.Token token =
                assertInstanceOf(TokenCodec.Valid.class, TokenCodec.decode(text)).token();
        return CurrencyUnit.ofText(token.unit()).orElseThrow().toMsat(token.amount());
    }

    private void fund() {
        TestTables.execute(
                database,
                """
                INSERT INTO user_account (created_at) VALUES (now()), (now());
                INSERT INTO api_key (key_sha256, account_id, kind, created_at)
                VALUES (decode('%s', 'hex'), %d, 'buyer', now())
                """
                        .formatted(KEY, ACCOUNT));
        TestTables.addFloat(database, ledger, POT);
        TestTables.fund(database, ledger, ACCOUNT, POT, 5_000);
    }

    /// Small coins out of nowhere, booked as the operator's.
    private void addKits(int count) {
        TestTables.addKits(database, ledger, count, names.incrementAndGet());
    }

    @Override
    public void close() {
        gateways.forEach(Gateway::close);
        database.close();
    }
}
