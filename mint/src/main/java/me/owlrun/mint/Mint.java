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
import me.owlrun.mint.audit.AuditResult;
import me.owlrun.mint.audit.AuditStore;
import me.owlrun.mint.audit.AuditWatch;
import me.owlrun.mint.audit.Finding;
import me.owlrun.mint.audit.Liabilities;
import me.owlrun.mint.audit.LiabilityRoutes;
import me.owlrun.mint.audit.LiabilityStore;
import me.owlrun.mint.check.CheckRoutes;
import me.owlrun.mint.guard.Pausable;
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
import me.owlrun.mint.ledger.Limits;
import me.owlrun.mint.ledger.TransferRules;
import me.owlrun.mint.lightning.FakeStore;
import me.owlrun.mint.lightning.Lightning;
import me.owlrun.mint.quote.AmountLimits;
import me.owlrun.mint.quote.Issuing;
import me.owlrun.mint.quote.MeltAttemptStore;
import me.owlrun.mint.quote.MeltControl;
import me.owlrun.mint.quote.Melts;
import me.owlrun.mint.quote.MintQuoteStore;
import me.owlrun.mint.quote.MintRoutes;
import me.owlrun.mint.quote.Minting;
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

    private static final String NO_SEED_FILE =
            "Setting 'seed.file' is missing; name the file with the mint's seed as"
                    + " --seed.file=PATH, it is made at the first start.";

    private final Database database;
    private final HttpListener listener;
    private final Melts melts;
    private final AuditWatch audit;
    private final String url;
    private final Closing open;

    private Mint(
            Database database,
            HttpListener listener,
            Melts melts,
            AuditWatch audit,
            String url,
            Closing open) {
        this.database = database;
        this.listener = listener;
        this.melts = melts;
        this.audit = audit;
        this.url = url;
        this.open = open;
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
        Backends.check(settings);
        Path seedFile =
                settings.get(MintSettings.SEED_FILE)
                        .orElseThrow(() -> new ConfigException(List.of(NO_SEED_FILE)));
        Closing open = new Closing();
        boolean started = false;
        try {
            Database database = openDatabase(settings);
            open.add(database::close);
            SecureRandom random = new SecureRandom();
            Signer signer = new SeedSigner(seed(seedFile, new KeysetStore(database), random));
            Mint mint = start(base(settings, clock, steps, random, database, signer, open), open);
            started = true;
            return mint;
        } finally {
            if (!started) {
                open.close();
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
                            MintQuoteStore.detailsMigration(),
                            MeltAttemptStore.migration(),
                            FakeStore.scriptMigration(),
                            Pausable.migration(),
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
            Lightning lightning,
            Operating operating) {}

    private static Base base(
            Settings settings,
            Clock clock,
            Steps steps,
            SecureRandom random,
            Database database,
            Signer signer,
            Closing open) {
        Keysets keysets =
                Keysets.open(
                        new KeysetStore(database),
                        signer,
                        new Keysets.Plan(
                                settings.get(MintSettings.INPUT_FEE_PPK),
                                settings.get(MintSettings.ID_VERSION)),
                        clock);
        Operating operating = Operating.open(settings, clock, database);
        Journal journal = Journal.start(database, MintQuoteStore::charge, steps);
        open.add(journal::close);
        Lightning lightning = operating.sparing(Backends.open(settings, clock, random, database));
        open.add(lightning::close);
        return new Base(
                settings,
                clock,
                operating.watching(steps),
                database,
                signer,
                keysets,
                new LedgerStore(database),
                journal,
                new TransferRules(keysets, signer, clock),
                new Ids(clock, random),
                new AmountLimits(
                        Msat.ofSat(settings.get(MintSettings.MINT_MAX)),
                        Msat.ofSat(settings.get(MintSettings.MELT_MAX))),
                lightning,
                operating);
    }

    private static Mint start(Base base, Closing open) {
        Settings settings = base.settings();
        Operating operating = base.operating();
        Minting minting = minting(base);
        Melts melts = melts(base, minting);
        AuditStore auditStore = new AuditStore(base.database());
        AuditWatch audit =
                AuditWatch.start(
                        auditStore,
                        base.clock(),
                        settings.get(MintSettings.AUDIT_EVERY),
                        settings.get(MintSettings.AUDIT_WHOLE_EVERY));
        open.add(audit::close);
        open.add(operating::close);
        open.add(melts::close);
        operating.start(
                melts.views(new MintQuoteStore(base.database(), base.journal()), minting),
                base.ledger(),
                base.keysets(),
                base.lightning(),
                melts.control(),
                new AuditedBooks(
                        new LiabilityStore(base.database()),
                        auditStore,
                        audit,
                        base.keysets(),
                        base.clock()));
        base.lightning().onReceived(minting::onReceived, minting.heardIndex());
        AtomicReference<String> url = new AtomicReference<>("");
        HttpListener listener = listen(base, routes(base, minting, melts, url::get));
        open.add(listener::close);
        open.add(operating::disconnect);
        String publicUrl = url(settings, listener.port());
        url.set(publicUrl);
        melts.watch();
        return new Mint(base.database(), listener, melts, audit, publicUrl, open);
    }

    private static Minting minting(Base base) {
        return new Minting(
                new MintQuoteStore(base.database(), base.journal()),
                base.lightning(),
                base.ids(),
                base.clock(),
                base.limits(),
                base.settings().get(MintSettings.INVOICE_EXPIRY),
                base.steps());
    }

    private static Issuing issuing(Base base, Minting minting) {
        return new Issuing(
                new MintQuoteStore(base.database(), base.journal()),
                minting,
                base.ledger(),
                base.rules(),
                base.signer(),
                base.ids(),
                base.clock(),
                base.steps());
    }

    private static Melts melts(Base base, Minting minting) {
        Melts.Parts parts =
                new Melts.Parts(
                        base.database(),
                        base.lightning(),
                        minting,
                        base.ledger(),
                        base.rules(),
                        base.keysets(),
                        base.signer(),
                        base.ids(),
                        base.clock(),
                        base.limits(),
                        base.steps());
        return Melts.of(parts, MintSettings.meltRules(base.settings()));
    }

    private static List<HttpService> routes(
            Base base, Minting minting, Melts melts, Supplier<String> url) {
        InfoRoutes.About about =
                new InfoRoutes.About(
                        base.settings().get(MintSettings.NAME),
                        base.signer().identity(),
                        url,
                        Backends.description(base.settings()),
                        base.limits()::mintMaxSteps,
                        base.limits()::meltMaxSteps,
                        Limits.BATCH_MAX,
                        new InfoRoutes.Abilities(
                                base.lightning().abilities().amountless(),
                                base.lightning().abilities().partial(),
                                base.lightning().abilities().subSat()),
                        base.operating()::describe);
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
                new MintRoutes(minting, issuing(base, minting)),
                melts.routes(),
                new CheckRoutes(base.ledger()),
                new RestoreRoutes(base.ledger(), base.signer()),
                new LiabilityRoutes(new LiabilityStore(base.database()), base.clock()),
                new InfoRoutes(about, base.clock()),
                base.operating().healthRoutes());
    }

    private static HttpListener listen(Base base, List<HttpService> routes) {
        Settings settings = base.settings();
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
                    http.addFilter(new Cors("Retry-After"))
                            .addFilter(base.operating().gate())
                            .error(Throwable.class, new ErrorBody());
                    routes.forEach(http::register);
                },
                base.operating()::sockets);
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

    /// What an operator can see of melting and do about it.
    MeltControl meltControl() {
        return melts.control();
    }

    /// Finishes running requests, then stops.
    @Override
    public void close() {
        open.close();
    }
}
