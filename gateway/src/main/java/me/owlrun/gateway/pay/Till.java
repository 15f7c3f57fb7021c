package me.owlrun.gateway.pay;

import me.owlrun.db.Database;
import me.owlrun.db.Migration;
import me.owlrun.gateway.http.Problem;
import me.owlrun.gateway.instance.Instance;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.meter.EarningStore;
import me.owlrun.gateway.meter.Flaps;
import me.owlrun.gateway.vault.BlankRunner;
import me.owlrun.gateway.vault.ExchangeStore;
import me.owlrun.gateway.vault.Exchanger;
import me.owlrun.gateway.vault.FloatKeeper;
import me.owlrun.gateway.vault.FloatStore;
import me.owlrun.gateway.vault.MintClient;
import me.owlrun.gateway.vault.MintKeysets;
import me.owlrun.gateway.vault.OperationRunner;
import me.owlrun.gateway.vault.VaultParts;
import me.owlrun.gateway.vault.VaultStore;
import me.owlrun.metrics.Figure;
import me.owlrun.money.Msat;

import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// The parts of this package put together.
public final class Till implements AutoCloseable {

    private static final int BOOT_ID_BYTES = 12;

    private final Database database;
    private final MintClient client;
    private final MintKeysets keysets;
    private final OperationRunner runner;
    private final TokenDesk desk;
    private final PaymentStore payments;
    private final ChangeStore changeStore;
    private final ChargeDesk charges;
    private final SecureRandom random;
    private final Cashier cashier;
    private final Recovery recovery;
    private final Exchanger exchanger;
    private final FloatKeeper floatKeeper;
    private final Instance instance;
    private final PaySteps steps;

    /// What the till has to know.
    ///
    /// @param mint where this gateway reaches the mint
    /// @param mintPublic the mint's name in tokens
    /// @param mintAliases other names it goes by
    /// @param answerMax how long the mint may take
    /// @param valueMax the most one request may carry
    /// @param floatTarget what the float of small coins shall hold
    /// @param kitsTarget how many kits shall be free
    /// @param instanceName the name of this gateway
    /// @param flaps knows what nodes lose by switching models
    public record Setup(
            URI mint,
            URI mintPublic,
            List<URI> mintAliases,
            Duration answerMax,
            Msat valueMax,
            Msat floatTarget,
            long kitsTarget,
            String instanceName,
            Flaps flaps) {}

    /// @param stop ends background work
    /// @param steps hears of every step of a payment
    public Till(
            Setup setup,
            Database database,
            LedgerStore ledger,
            EarningStore earnings,
            SecureRandom random,
            InstantSource clock,
            StopSignal stop,
            PaySteps steps) {
        this.steps = steps;
        byte[] bootId = new byte[BOOT_ID_BYTES];
        random.nextBytes(bootId);
        this.database = database;
        client = new MintClient(setup.mint(), setup.answerMax());
        keysets = new MintKeysets(client);
        runner = new OperationRunner(client, keysets, stop);
        ChangeTokens tokens = new ChangeTokens(setup.mintPublic().toString());
        BillStore bills = new BillStore(earnings, setup.flaps());
        payments =
                new PaymentStore(
                        database, ledger, bills, clock, new ChangePlan.Maker(tokens, keysets));
        changeStore = new ChangeStore(database, ledger, clock, tokens);
        ChangeDesk changes =
                new ChangeDesk(
                        changeStore, payments, new BlankRunner(client, keysets, stop), steps);
        instance =
                new Instance(
                        setup.instanceName(), HexFormat.of().formatHex(bootId), database, stop);
        charges =
                new ChargeDesk(
                        new ChargeStore(database, ledger, bills, clock), instance.bootId(), steps);
        this.random = random;
        desk = new TokenDesk(keysets, mints(setup), setup.valueMax());
        cashier =
                new Cashier(
                        payments,
                        runner,
                        keysets,
                        changes,
                        random,
                        instance.bootId(),
                        steps,
                        work -> Thread.ofVirtual().name("claim").start(work));
        recovery =
                new Recovery(payments, runner, cashier, changes, keysets, charges, instance, stop);
        exchanger =
                new Exchanger(
                        new ExchangeStore(database, ledger, clock, instance.bootId()),
                        client,
                        keysets,
                        runner,
                        random,
                        clock,
                        stop);
        floatKeeper =
                new FloatKeeper(
                        new FloatStore(database, ledger, clock, instance.bootId()),
                        exchanger,
                        runner,
                        keysets,
                        client,
                        random,
                        clock,
                        stop,
                        setup.floatTarget(),
                        setup.kitsTarget());
    }

    private static List<URI> mints(Setup setup) {
        List<URI> mints = new ArrayList<>();
        mints.add(setup.mintPublic()); // first: the one that payment requests name
        mints.add(setup.mint());
        mints.addAll(setup.mintAliases());
        return mints;
    }

    /// The migration that makes the tables of this package.
    public static Migration migration() {
        return PaymentStore.migration();
    }

    /// The migrations that came later.
    public static List<Migration> laterMigrations() {
        return List.of(
                VaultStore.claims(),
                ChargeStore.migration(),
                PaymentStore.blanks(),
                PaymentStore.billMinimum(),
                PaymentStore.billFlap());
    }

    /// Looks at tokens.
    public TokenDesk desk() {
        return desk;
    }

    /// Asks the mint.
    public MintClient client() {
        return client;
    }

    /// Knows the mint's keys.
    public MintKeysets keysets() {
        return keysets;
    }

    /// Carries out operations at the mint.
    public OperationRunner runner() {
        return runner;
    }

    /// This start of this gateway.
    public Instance instance() {
        return instance;
    }

    /// Hears of every step of a payment.
    public PaySteps steps() {
        return steps;
    }

    /// Knows payments by token.
    public Cashier cashier() {
        return cashier;
    }

    /// Paying by a token in the request.
    public EcashMethod ecash() {
        return new EcashMethod(desk, new BlankDesk(keysets), cashier);
    }

    /// Paying by a buyer's key.
    public PaymentMethod key(BuyerKeys keys) {
        return new KeyMethod(keys, charges, random);
    }

    /// Where everything is kept.
    public Database database() {
        return database;
    }

    /// What reaches the mint, for other parts that work with the vault.
    public VaultParts vault() {
        return new VaultParts(client, keysets, runner, exchanger, instance.bootId());
    }

    /// Takes the lease of this instance and finishes what earlier ones left.
    public void begin() {
        instance.begin();
        recovery.sweep();
    }

    /// What has to run until the gateway stops, each on a thread of its own.
    public List<Runnable> backgroundWork() {
        return List.of(instance, recovery, exchanger, floatKeeper);
    }

    /// What keeps payments from being taken, if anything does.
    public List<Problem> problems() {
        List<Problem> problems = new ArrayList<>(floatKeeper.problems());
        if (instance.isDisplaced()) {
            problems.add(
                    new Problem(
                            "instance_displaced",
                            "Another gateway runs under this one's name",
                            "Give each gateway on a database its own --instance."));
        }
        return problems;
    }

    /// How the mint answers, as figures.
    public List<Figure> figures() {
        return List.of(
                new Figure(
                        "owlrun_gateway_mint_answer_seconds",
                        "Time the mint took to answer.",
                        "histogram",
                        client.answerTimes()));
    }

    /// Gives up the lease and closes the connections to the mint.
    @Override
    public void close() {
        payments.close();
        changeStore.close();
        charges.close();
        instance.end();
        client.close();
    }
}
