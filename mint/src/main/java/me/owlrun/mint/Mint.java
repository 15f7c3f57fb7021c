package me.owlrun.mint;

import io.helidon.webserver.http.HttpService;

import me.owlrun.config.ConfigException;
import me.owlrun.config.Settings;
import me.owlrun.db.Database;
import me.owlrun.db.DatabaseException;
import me.owlrun.db.Migrations;
import me.owlrun.http.Cors;
import me.owlrun.http.HttpException;
import me.owlrun.http.HttpListener;
import me.owlrun.mint.MintSettings.Network;
import me.owlrun.mint.audit.AuditResult;
import me.owlrun.mint.audit.AuditStore;
import me.owlrun.mint.audit.AuditWatch;
import me.owlrun.mint.audit.Finding;
import me.owlrun.mint.audit.Liabilities;
import me.owlrun.mint.audit.LiabilityRoutes;
import me.owlrun.mint.audit.LiabilityStore;
import me.owlrun.mint.check.CheckRoutes;
import me.owlrun.mint.http.ApiHandler;
import me.owlrun.mint.http.ErrorBody;
import me.owlrun.mint.info.InfoRoutes;
import me.owlrun.mint.keys.KeysRoutes;
import me.owlrun.mint.keys.KeysetStore;
import me.owlrun.mint.keys.Keysets;
import me.owlrun.mint.keys.SeedFile;
import me.owlrun.mint.keys.SeedSigner;
import me.owlrun.mint.keys.Signer;
import me.owlrun.mint.ledger.Ids;
import me.owlrun.mint.ledger.Journal;
import me.owlrun.mint.ledger.LedgerStore;
import me.owlrun.mint.ledger.TransferRules;
import me.owlrun.mint.lightning.FakeLightning;
import me.owlrun.mint.lightning.FakeStore;
import me.owlrun.mint.lightning.Lightning;
import me.owlrun.mint.quote.AmountLimits;
import me.owlrun.mint.quote.MeltAttemptStore;
import me.owlrun.mint.quote.MeltQuoteStore;
import me.owlrun.mint.quote.MeltRoutes;
import me.owlrun.mint.quote.Melting;
import me.owlrun.mint.quote.MintQuoteStore;
import me.owlrun.mint.quote.MintRoutes;
import me.owlrun.mint.quote.Minting;
import me.owlrun.mint.quote.PaymentWatch;
import me.owlrun.mint.quote.Payments;
import me.owlrun.mint.restore.RestoreRoutes;
import me.owlrun.mint.step.Steps;
import me.owlrun.mint.swap.Swap;
import me.owlrun.mint.swap.SwapRoutes;
import me.owlrun.money.Msat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/// A running mint: the wiring of all its parts. Several may run on one database.
public final class Mint implements AutoCloseable {

    private static final String PLAY_DESCRIPTION =
            "PLAY MONEY: worth nothing, invoices pay themselves. Do not send real sats.";

    private static final String FAKE_NEEDS_PLAY =
            "The Lightning backend 'fake' is play money; say so with --network=play.";
    private static final String NO_SEED_FILE =
            "Setting 'seed.file' is missing; name the file with the mint's seed as"
                    + " --seed.file=PATH, it is made at the first start.";

    private final Database database;
    private final Lightning lightning;
    private final Journal journal;
    private final HttpListener listener;
    private final PaymentWatch watch;
    private final AuditWatch audit;
    private final String url;

    private Mint(
            Database database,
            Lightning lightning,
            Journal journal,
            HttpListener listener,
            PaymentWatch watch,
            AuditWatch audit,
            String url) {
        this.database = database;
        this.lightning = lightning;
        this.journal = journal;
        this.listener = listener;
        this.watch = watch;
        this.audit = audit;
        this.url = url;
    }

    /// Starts a mint and returns once it answers.
    ///
    /// @param settings read from [MintSettings#TABLE]
    /// @param clock the time
    /// @throws ConfigException when the settings do not fit together, or the seed to the database
    /// @throws DatabaseException when the database cannot be used
    /// @throws HttpException when the port is taken
    public static Mint start(Settings settings, Clock clock) {
        return start(settings, clock, Steps.UNWATCHED);
    }

    /// Starts a mint whose steps are watched, for tests that stop it at one of them.
    public static Mint start(Settings settings, Clock clock, Steps steps) {
        if (settings.get(MintSettings.NETWORK) != Network.PLAY) {
            throw new ConfigException(List.of(FAKE_NEEDS_PLAY));
        }
        Path seedFile =
                settings.get(MintSettings.SEED_FILE)
                        .orElseThrow(() -> new ConfigException(List.of(NO_SEED_FILE)));
        Database database = openDatabase(settings);
        boolean started = false;
        try {
            SecureRandom random = new SecureRandom();
            Signer signer = new SeedSigner(seed(seedFile, new KeysetStore(database), random));
            Mint mint = start(settings, clock, steps, random, database, signer);
            started = true;
            return mint;
        } finally {
            if (!started) {
                database.close();
            }
        }
    }

    /// Checks the books of the database that the settings name, as they are now.
    ///
    /// @throws DatabaseException when the database cannot be used
    static List<Finding> audit(Settings settings) {
        try (Database database = MintSettings.DATABASE.open(settings)) {
            return new AuditStore(database).run(true);
        }
    }

    private static Database openDatabase(Settings settings) {
        Database database = MintSettings.DATABASE.open(settings);
        boolean migrated = false;
        try {
            Migrations.apply(
                    database,
                    List.of(
                            KeysetStore.migration(),
                            LedgerStore.migration(),
                            FakeStore.migration(),
                            MintQuoteStore.migration(),
                            LedgerStore.journalMigration(),
                            AuditStore.migration()));
            migrated = true;
            return database;
        } finally {
            if (!migrated) {
                database.close();
            }
        }
    }

    private static byte[] seed(Path file, KeysetStore keysets, SecureRandom random) {
        if (Files.exists(file)) {
            return SeedFile.read(file);
        }
        // Asked once more: another process may have made file and keysets since.
        if (!keysets.isEmpty() && !Files.exists(file)) {
            throw new ConfigException(
                    List.of(
                            "The database holds keysets, but their seed file '%s' is missing;"
                                            .formatted(file)
                                    + " put the file back from its copy."));
        }
        return SeedFile.create(file, random);
    }

    /// What every use case is built from.
    private record Base(
            Settings settings,
            Clock clock,
            Steps steps,
            Database database,
            Signer signer,
            Keysets keysets,
            LedgerStore ledger,
            Journal journal,
            TransferRules rules,
            Ids ids,
            AmountLimits limits,
            Lightning lightning) {}

    private static Mint start(
            Settings settings,
            Clock clock,
            Steps steps,
            SecureRandom random,
            Database database,
            Signer signer) {
        Keysets keysets =
                Keysets.open(
                        new KeysetStore(database),
                        signer,
                        settings.get(MintSettings.INPUT_FEE_PPK),
                        clock);
        Base base =
                new Base(
                        settings,
                        clock,
                        steps,
                        database,
                        signer,
                        keysets,
                        new LedgerStore(database),
                        Journal.start(database, MintQuoteStore::charge, steps),
                        new TransferRules(keysets, signer),
                        new Ids(clock, random),
                        new AmountLimits(
                                Msat.ofSat(settings.get(MintSettings.MINT_MAX)),
                                Msat.ofSat(settings.get(MintSettings.MELT_MAX))),
                        lightning(settings, clock, random, database));
        Minting minting = minting(base);
        Payments payments = payments(base, minting);
        base.lightning().onReceived(minting::onReceived, 0);
        AtomicReference<String> url = new AtomicReference<>("");
        HttpListener listener =
                listen(settings, routes(base, minting, melting(base, minting, payments), url::get));
        String publicUrl = url(settings, listener.port());
        url.set(publicUrl);
        PaymentWatch watch = PaymentWatch.start(payments, settings.get(MintSettings.MELT_WATCH));
        AuditWatch audit =
                AuditWatch.start(
                        new AuditStore(database),
                        clock,
                        settings.get(MintSettings.AUDIT_EVERY),
                        settings.get(MintSettings.AUDIT_WHOLE_EVERY));
        return new Mint(
                database, base.lightning(), base.journal(), listener, watch, audit, publicUrl);
    }

    private static Minting minting(Base base) {
        return new Minting(
                new MintQuoteStore(base.database(), base.journal()),
                base.ledger(),
                base.rules(),
                base.signer(),
                base.lightning(),
                base.ids(),
                base.clock(),
                base.limits(),
                base.settings().get(MintSettings.INVOICE_EXPIRY),
                base.steps());
    }

    private static Payments payments(Base base, Minting minting) {
        return new Payments(
                new MeltAttemptStore(base.database(), base.steps()),
                new MeltQuoteStore(base.database()),
                minting,
                base.ledger(),
                base.keysets(),
                base.signer(),
                base.lightning(),
                base.ids(),
                base.clock(),
                base.settings().get(MintSettings.MELT_LEASE),
                base.steps());
    }

    private static Melting melting(Base base, Minting minting, Payments payments) {
        return new Melting(
                new MeltQuoteStore(base.database()),
                minting,
                payments,
                base.ledger(),
                base.rules(),
                base.signer(),
                base.lightning(),
                base.ids(),
                base.clock(),
                base.limits(),
                base.settings().get(MintSettings.MELT_QUOTE_EXPIRY));
    }

    private static List<HttpService> routes(
            Base base, Minting minting, Melting melting, Supplier<String> url) {
        InfoRoutes.About about =
                new InfoRoutes.About(
                        base.settings().get(MintSettings.NAME),
                        base.signer().identity(),
                        url,
                        PLAY_DESCRIPTION,
                        base.limits()::mintMaxSteps,
                        base.limits()::meltMaxSteps);
        Swap swap =
                new Swap(
                        base.rules(),
                        base.signer(),
                        base.journal(),
                        base.ids(),
                        base.clock(),
                        base.steps());
        return List.of(
                new KeysRoutes(base.keysets()),
                new SwapRoutes(swap),
                new MintRoutes(minting),
                new MeltRoutes(melting),
                new CheckRoutes(base.ledger()),
                new RestoreRoutes(base.ledger(), base.signer()),
                new LiabilityRoutes(new LiabilityStore(base.database()), base.clock()),
                new InfoRoutes(about, base.clock()));
    }

    private static Lightning lightning(
            Settings settings, Clock clock, SecureRandom random, Database database) {
        FakeLightning.Rules rules =
                new FakeLightning.Rules(
                        settings.get(MintSettings.FAKE_PAY_DELAY),
                        settings.get(MintSettings.FAKE_FEE_RESERVE_PERCENT),
                        settings.get(MintSettings.FAKE_FEE_RESERVE_MIN));
        return new FakeLightning(new FakeStore(database), rules, clock, random);
    }

    private static HttpListener listen(Settings settings, List<HttpService> routes) {
        HttpListener.Limits limits =
                new HttpListener.Limits(
                        settings.get(MintSettings.HOST),
                        settings.get(MintSettings.PORT).intValue(),
                        ApiHandler.BODY_BYTES_MAX,
                        settings.get(MintSettings.CONNECTIONS_MAX).intValue(),
                        settings.get(MintSettings.DRAIN));
        return HttpListener.start(
                limits,
                ErrorBody::early,
                http -> {
                    http.addFilter(new Cors("")).error(Throwable.class, new ErrorBody());
                    routes.forEach(http::register);
                },
                sockets -> {});
    }

    private static String url(Settings settings, int port) {
        return settings.get(MintSettings.URL)
                .map(Object::toString)
                .orElseGet(() -> "http://" + settings.get(MintSettings.HOST) + ":" + port);
    }

    /// The address under which wallets know it.
    public String url() {
        return url;
    }

    /// The last quick audit of the books and the last whole one, as far as there were any.
    List<AuditResult> audits() {
        return audit.results();
    }

    /// What the mint owes now.
    Liabilities liabilities() {
        return new LiabilityStore(database).read();
    }

    /// The port it listens on.
    public int port() {
        return listener.port();
    }

    /// Finishes running requests, then stops.
    @Override
    public void close() {
        listener.close();
        watch.close();
        audit.close();
        lightning.close();
        journal.close();
        database.close();
    }
}
