package me.owlrun.mint;

import io.helidon.webserver.http.HttpService;

import me.owlrun.config.ConfigException;
import me.owlrun.config.Secret;
import me.owlrun.config.Settings;
import me.owlrun.db.Database;
import me.owlrun.db.DatabaseException;
import me.owlrun.db.Migrations;
import me.owlrun.http.Cors;
import me.owlrun.http.HttpException;
import me.owlrun.http.HttpListener;
import me.owlrun.mint.MintSettings.Network;
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
import me.owlrun.mint.ledger.LedgerStore;
import me.owlrun.mint.ledger.TransferRules;
import me.owlrun.mint.lightning.FakeLightning;
import me.owlrun.mint.lightning.FakeStore;
import me.owlrun.mint.lightning.Lightning;
import me.owlrun.mint.quote.AmountLimits;
import me.owlrun.mint.quote.MintQuoteStore;
import me.owlrun.mint.quote.MintRoutes;
import me.owlrun.mint.quote.Minting;
import me.owlrun.mint.restore.RestoreRoutes;
import me.owlrun.mint.swap.Swap;
import me.owlrun.mint.swap.SwapRoutes;
import me.owlrun.money.Msat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

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
    private final HttpListener listener;
    private final String url;

    private Mint(Database database, Lightning lightning, HttpListener listener, String url) {
        this.database = database;
        this.lightning = lightning;
        this.listener = listener;
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
            Mint mint = start(settings, clock, random, database, signer);
            started = true;
            return mint;
        } finally {
            if (!started) {
                database.close();
            }
        }
    }

    private static Database openDatabase(Settings settings) {
        Database database =
                Database.open(
                        settings.get(MintSettings.DATABASE_URL),
                        settings.get(MintSettings.DATABASE_USER),
                        settings.get(MintSettings.DATABASE_PASSWORD).orElse(new Secret("")),
                        settings.get(MintSettings.DATABASE_CONNECTIONS).intValue());
        boolean migrated = false;
        try {
            Migrations.apply(
                    database,
                    List.of(
                            KeysetStore.migration(),
                            LedgerStore.migration(),
                            FakeStore.migration(),
                            MintQuoteStore.migration()));
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
                            "The seed file '%s' is missing, but the database holds keysets made with it; put"
                                            .formatted(file)
                                    + " the file back from its copy."));
        }
        return SeedFile.create(file, random);
    }

    private static Mint start(
            Settings settings, Clock clock, SecureRandom random, Database database, Signer signer) {
        Keysets keysets =
                Keysets.open(
                        new KeysetStore(database),
                        signer,
                        settings.get(MintSettings.INPUT_FEE_PPK),
                        clock);
        Ids ids = new Ids(clock, random);
        LedgerStore ledger = new LedgerStore(database);
        TransferRules rules = new TransferRules(keysets, signer);
        AmountLimits limits =
                new AmountLimits(
                        Msat.ofSat(settings.get(MintSettings.MINT_MAX)),
                        Msat.ofSat(settings.get(MintSettings.MELT_MAX)));
        Lightning lightning = lightning(settings, clock, random, database);
        Minting minting =
                new Minting(
                        new MintQuoteStore(database),
                        ledger,
                        rules,
                        signer,
                        lightning,
                        ids,
                        clock,
                        limits,
                        settings.get(MintSettings.INVOICE_EXPIRY));
        lightning.onReceived(minting::onReceived);
        AtomicReference<String> url = new AtomicReference<>("");
        InfoRoutes.About about =
                new InfoRoutes.About(
                        settings.get(MintSettings.NAME),
                        signer.identity(),
                        url::get,
                        PLAY_DESCRIPTION,
                        limits::mintMaxSteps,
                        limits::meltMaxSteps);
        List<HttpService> routes =
                List.of(
                        new KeysRoutes(keysets),
                        new SwapRoutes(new Swap(rules, signer, ledger, ids, clock)),
                        new MintRoutes(minting),
                        new CheckRoutes(ledger),
                        new RestoreRoutes(ledger, signer),
                        new InfoRoutes(about, clock));
        HttpListener listener = listen(settings, routes);
        String publicUrl = url(settings, listener.port());
        url.set(publicUrl);
        return new Mint(database, lightning, listener, publicUrl);
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

    /// The port it listens on.
    public int port() {
        return listener.port();
    }

    /// Finishes running requests, then stops.
    @Override
    public void close() {
        listener.close();
        lightning.close();
        database.close();
    }
}
