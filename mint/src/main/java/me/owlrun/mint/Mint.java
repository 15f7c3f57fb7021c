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
import me.owlrun.mint.check.CheckRoutes;
import me.owlrun.mint.guard.PauseStore;
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
    private final Lightning lightning;
    private final HttpListener listener;
    private final Melts melts;
    private final Operating operating;
    private final String url;

    private Mint(
            Database database,
            Lightning lightning,
            HttpListener listener,
            Melts melts,
            Operating operating,
            String url) {
        this.database = database;
        this.lightning = lightning;
        this.listener = listener;
        this.melts = melts;
        this.operating = operating;
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
        Backends.check(settings);
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
                            PauseStore.migration()));
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
        if (!keysets.isEmpty()) {
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
                        new Keysets.Plan(
                                settings.get(MintSettings.INPUT_FEE_PPK),
                                settings.get(MintSettings.ID_VERSION)),
                        clock);
        Operating operating = Operating.open(settings, clock, database);
        Base base =
                new Base(
                        settings,
                        clock,
                        operating.watching(steps),
                        database,
                        signer,
                        keysets,
                        new LedgerStore(database),
                        new TransferRules(keysets, signer, clock),
                        new Ids(clock, random),
                        new AmountLimits(
                                Msat.ofSat(settings.get(MintSettings.MINT_MAX)),
                                Msat.ofSat(settings.get(MintSettings.MELT_MAX))),
                        operating.sparing(Backends.open(settings, clock, random, database)));
        boolean started = false;
        try {
            Mint mint = start(base, operating);
            started = true;
            return mint;
        } finally {
            if (!started) {
                operating.close();
            }
        }
    }

    private static Mint start(Base base, Operating operating) {
        Minting minting = minting(base);
        Melts melts = melts(base, minting);
        operating.start(
                melts.views(new MintQuoteStore(base.database()), minting),
                base.ledger(),
                base.keysets(),
                base.lightning(),
                melts.control());
        base.lightning().onReceived(minting::onReceived, minting.heardIndex());
        AtomicReference<String> url = new AtomicReference<>("");
        HttpListener listener =
                listen(base, operating, routes(base, minting, melts, operating, url::get));
        String publicUrl = url(base.settings(), listener.port());
        url.set(publicUrl);
        melts.watch();
        return new Mint(base.database(), base.lightning(), listener, melts, operating, publicUrl);
    }

    private static Minting minting(Base base) {
        return new Minting(
                new MintQuoteStore(base.database()),
                base.lightning(),
                base.ids(),
                base.clock(),
                base.limits(),
                base.settings().get(MintSettings.INVOICE_EXPIRY),
                base.steps());
    }

    private static Issuing issuing(Base base, Minting minting) {
        return new Issuing(
                new MintQuoteStore(base.database()),
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
            Base base, Minting minting, Melts melts, Operating operating, Supplier<String> url) {
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
                        operating::describe);
        Swap swap =
                new Swap(
                        base.rules(),
                        base.signer(),
                        base.ledger(),
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
                new InfoRoutes(about, base.clock()),
                operating.healthRoutes());
    }

    private static HttpListener listen(Base base, Operating operating, List<HttpService> routes) {
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
                            .addFilter(operating.gate())
                            .error(Throwable.class, new ErrorBody());
                    routes.forEach(http::register);
                },
                operating::sockets);
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
        operating.disconnect();
        listener.close();
        melts.close();
        operating.close();
        lightning.close();
        database.close();
    }
}
