package me.owlrun.gateway;

import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.HttpService;

import me.owlrun.config.ConfigException;
import me.owlrun.config.Settings;
import me.owlrun.db.Database;
import me.owlrun.db.DatabaseException;
import me.owlrun.db.Migration;
import me.owlrun.db.Migrations;
import me.owlrun.gateway.account.AccountStore;
import me.owlrun.gateway.account.Accounts;
import me.owlrun.gateway.account.KeyStore;
import me.owlrun.gateway.admin.OperateStore;
import me.owlrun.gateway.bounty.Bounties;
import me.owlrun.gateway.bounty.BountySettings;
import me.owlrun.gateway.cloud.CloudParts;
import me.owlrun.gateway.free.FreeStore;
import me.owlrun.gateway.http.ErrorAnswer;
import me.owlrun.gateway.http.RequestIds;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.gateway.job.NodeLink;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.lnurl.LnurlSettings;
import me.owlrun.gateway.lnurl.Network;
import me.owlrun.gateway.market.Catalog;
import me.owlrun.gateway.meter.EarningStore;
import me.owlrun.gateway.node.Dispatcher;
import me.owlrun.gateway.node.NodeSocket;
import me.owlrun.gateway.node.NodeStore;
import me.owlrun.gateway.node.Switches;
import me.owlrun.gateway.oracle.OracleSettings;
import me.owlrun.gateway.outbound.PublicHttp;
import me.owlrun.gateway.pay.PaySteps;
import me.owlrun.gateway.pay.Till;
import me.owlrun.gateway.payout.Payouts;
import me.owlrun.gateway.probe.House;
import me.owlrun.gateway.standing.StandingBook;
import me.owlrun.gateway.topup.TopupStore;
import me.owlrun.gateway.trust.Trust;
import me.owlrun.gateway.vault.ExchangeStore;
import me.owlrun.http.Cors;
import me.owlrun.http.HttpException;
import me.owlrun.http.HttpListener;
import me.owlrun.money.Msat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// A running gateway: the wiring of all its parts. Several may run on one database, each under its
/// own instance name.
final class Gateway implements AutoCloseable {

    /// Headers of answers that scripts of other origins may read.
    private static final String EXPOSED_HEADERS =
            "X-Cashu, X-Cashu-Change, X-Cashu-Change-Msat, X-Request-Id, X-Should-Retry,"
                    + " Retry-After, x-ratelimit-limit-requests, x-ratelimit-remaining-requests,"
                    + " x-ratelimit-reset-requests, X-Owlrun-Lane";

    /// Bytes of any request's body; an answer that a node streams is the longest.
    private static final long BODY_BYTES_MAX = 268_435_456;

    /// How long nodes may take to hang up after they were told.
    private static final Duration FAREWELL_MAX = Duration.ofSeconds(3);

    /// How long background work may take to end its round.
    private static final Duration BACKGROUND_END_MAX = Duration.ofSeconds(5);

    private static final Duration BETWEEN_DRAIN_LOOKS = Duration.ofMillis(50);

    private final Database database;
    private final Till till;
    private final Parts parts;
    private final HttpListener listener;
    private final StopSignal stop;
    private final Settings settings;
    private final List<Thread> background;

    private Gateway(
            Settings settings,
            Database database,
            Till till,
            Parts parts,
            HttpListener listener,
            StopSignal stop) {
        this.settings = settings;
        this.database = database;
        this.till = till;
        this.parts = parts;
        this.listener = listener;
        this.stop = stop;
        List<Runnable> work = new ArrayList<>(till.backgroundWork());
        work.addAll(parts.background());
        this.background = work.stream().map(Gateway::inBackground).toList();
    }

    /// Starts a gateway and returns once it answers and what an earlier one left is finished.
    ///
    /// @param settings read from [GatewaySettings#TABLE]
    /// @param clock the time
    /// @throws ConfigException when the settings do not fit together
    /// @throws DatabaseException when the database cannot be used
    /// @throws HttpException when the port is taken
    public static Gateway start(Settings settings, Clock clock) {
        return start(settings, clock, PaySteps.UNWATCHED);
    }

    /// The same with somebody who hears of every step of a payment.
    static Gateway start(Settings settings, Clock clock, PaySteps steps) {
        Catalog catalog = catalog(settings);
        PublicHttp outside = LnurlSettings.http(settings, lnurlNetwork(settings));
        Database database = openDatabase(settings);
        boolean started = false;
        StopSignal stop = new StopSignal();
        Optional<Operating> surrounding = Optional.empty();
        try {
            LedgerStore ledger = new LedgerStore(clock);
            EarningStore earnings = new EarningStore(database);
            SecureRandom random = new SecureRandom();
            Switches switches =
                    new Switches(database, BountySettings.baseFlap(settings), clock, stop);
            Till till =
                    new Till(
                            setup(settings, switches),
                            database,
                            ledger,
                            earnings,
                            random,
                            clock,
                            stop,
                            steps);
            till.begin();
            NodeStore nodes = new NodeStore(database, ledger, clock);
            OracleSettings.Started oracle =
                    OracleSettings.start(
                            settings, outside, database, clock, random, stop::isStoppingWithin);
            Accounts accounts = new Accounts(settings, database, ledger, earnings, random, clock);
            Operating operating =
                    new Operating(
                            settings, clock, database, stop, till.client(), accounts::accountOf);
            surrounding = Optional.of(operating);
            Core core =
                    new Core(
                            settings, database, ledger, earnings, till, switches, random, clock,
                            stop);
            Parts parts = Parts.of(core, catalog, nodes, oracle, accounts, operating);
            HttpListener listener = listen(settings, parts);
            started = true;
            return new Gateway(settings, database, till, parts, listener, stop);
        } finally {
            if (!started) {
                stop.stop();
                surrounding.ifPresent(Operating::close);
                database.close();
            }
        }
    }

    private static Catalog catalog(Settings settings) {
        Optional<Path> file = settings.get(GatewaySettings.PRICES_FILE);
        if (file.isEmpty()) {
            return Catalog.standard();
        }
        try {
            return Catalog.parse(Files.readAllBytes(file.get()));
        } catch (IOException | IllegalArgumentException e) {
            throw new ConfigException(
                    List.of(
                            "The price list '%s' cannot be read (%s); mend it or leave out"
                                            .formatted(file.get(), e.getMessage())
                                    + " --prices.file."));
        }
    }

    static Database openDatabase(Settings settings) {
        Database database = GatewaySettings.DATABASE.open(settings);
        boolean migrated = false;
        try {
            List<Migration> migrations = new ArrayList<>();
            migrations.add(LedgerStore.migration());
            migrations.add(EarningStore.migration());
            migrations.add(Till.migration());
            migrations.addAll(NodeStore.migrations());
            migrations.addAll(OracleSettings.migrations());
            migrations.add(KeyStore.migration());
            migrations.add(Payouts.migration());
            migrations.add(AccountStore.migration());
            migrations.add(TopupStore.migration());
            migrations.add(LedgerStore.seals());
            migrations.addAll(Till.laterMigrations());
            migrations.add(OperateStore.migration());
            migrations.add(ExchangeStore.migration());
            migrations.add(AccountStore.laterMigration());
            migrations.add(Bounties.migration());
            migrations.add(StandingBook.migration());
            migrations.add(CloudParts.migration());
            migrations.add(FreeStore.migration());
            migrations.add(House.migration());
            migrations.add(Trust.migration());
            Migrations.apply(database, migrations);
            migrated = true;
            return database;
        } finally {
            if (!migrated) {
                database.close();
            }
        }
    }

    private static Till.Setup setup(Settings settings, Switches switches) {
        return new Till.Setup(
                settings.get(GatewaySettings.MINT_URL),
                mintPublicUrl(settings),
                settings.get(GatewaySettings.MINT_ALIASES),
                settings.get(GatewaySettings.MINT_TIMEOUT),
                Msat.ofSat(settings.get(GatewaySettings.TOKEN_MAX)),
                Msat.ofSat(settings.get(GatewaySettings.FLOAT_TARGET)),
                settings.get(GatewaySettings.FLOAT_KITS),
                settings.get(GatewaySettings.INSTANCE),
                switches);
    }

    static URI mintPublicUrl(Settings settings) {
        return settings.get(GatewaySettings.MINT_PUBLIC_URL)
                .orElse(settings.get(GatewaySettings.MINT_URL));
    }

    static Network lnurlNetwork(Settings settings) {
        return switch (settings.get(GatewaySettings.NETWORK)) {
            case PLAY -> Network.PLAY;
            case BITCOIN -> Network.BITCOIN;
        };
    }

    private static HttpListener listen(Settings settings, Parts parts) {
        HttpListener.Limits limits =
                new HttpListener.Limits(
                        settings.get(GatewaySettings.HOST),
                        settings.get(GatewaySettings.PORT).intValue(),
                        BODY_BYTES_MAX,
                        settings.get(GatewaySettings.CONNECTIONS_MAX).intValue(),
                        settings.get(GatewaySettings.DRAIN));
        RequestIds ids = new RequestIds(new SecureRandom());
        return HttpListener.start(
                limits,
                parts.operating().patience(),
                ids,
                http -> addRoutes(http, ids, parts),
                sockets ->
                        sockets.endpoint(
                                NodeSocket.PATH, () -> new NodeSocket(parts.dispatcher())));
    }

    private static void addRoutes(HttpRouting.Builder http, RequestIds ids, Parts parts) {
        http.addFilter(ids);
        http.addFilter(new Cors(EXPOSED_HEADERS));
        http.addFilter(parts.operating().gate());
        http.error(Throwable.class, new ErrorAnswer());
        parts.routes().forEach(http::register);
    }

    private static Thread inBackground(Runnable work) {
        return Thread.ofVirtual().name(work.getClass().getSimpleName()).start(work);
    }

    /// What carries messages of nodes; also where they are put into maintenance.
    Dispatcher dispatcher() {
        return parts.dispatcher();
    }

    /// What answers requests, in the order in which they are asked.
    List<HttpService> routes() {
        return parts.routes();
    }

    /// The port it listens on.
    public int port() {
        return listener.port();
    }

    /// Where it listens.
    public String url() {
        return "http://" + settings.get(GatewaySettings.HOST) + ":" + port();
    }

    /// Takes no new requests, lets running jobs end within the time set for it, then stops.
    @Override
    public void close() {
        parts.health().stopping();
        parts.operating().gate().stopping();
        parts.chat().stopping();
        await(settings.get(GatewaySettings.DRAIN), () -> parts.board().size() == 0);
        parts.pool().all().forEach(NodeLink::drain);
        await(FAREWELL_MAX, () -> parts.pool().all().isEmpty());
        listener.close();
        stop.stop();
        parts.operating().close();
        background.forEach(Gateway::join);
        till.close();
        database.close();
    }

    /// Lets background work end its round, so that it does not meet a closed database.
    private static void join(Thread thread) {
        try {
            if (!thread.join(BACKGROUND_END_MAX)) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    private void await(Duration waitMax, BooleanSupplier condition) {
        long deadline = System.nanoTime() + waitMax.toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
            if (stop.isStoppingWithin(BETWEEN_DRAIN_LOOKS)) {
                return;
            }
        }
    }
}
