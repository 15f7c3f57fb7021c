package me.owlrun.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.HttpService;

import me.owlrun.config.ConfigException;
import me.owlrun.config.Settings;
import me.owlrun.db.Database;
import me.owlrun.gateway.account.PausedAccounts;
import me.owlrun.gateway.admin.About;
import me.owlrun.gateway.admin.AccountDesk;
import me.owlrun.gateway.admin.AdminCall;
import me.owlrun.gateway.admin.AdminDesk;
import me.owlrun.gateway.admin.AdminRoutes;
import me.owlrun.gateway.admin.AuditStore;
import me.owlrun.gateway.admin.AuditWatch;
import me.owlrun.gateway.admin.BillLookStore;
import me.owlrun.gateway.admin.Health;
import me.owlrun.gateway.admin.Maintenance;
import me.owlrun.gateway.admin.MaintenanceStore;
import me.owlrun.gateway.admin.OpenPaymentStore;
import me.owlrun.gateway.admin.OperateStore;
import me.owlrun.gateway.admin.Pausable;
import me.owlrun.gateway.admin.StuckMoney;
import me.owlrun.gateway.admin.TotalStore;
import me.owlrun.gateway.admin.Transparency;
import me.owlrun.gateway.admin.TransparencyRoutes;
import me.owlrun.gateway.bounty.Bounties;
import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.ErrorAnswer;
import me.owlrun.gateway.http.Problem;
import me.owlrun.gateway.http.RequestGate;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.gateway.job.JobBoard;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.gateway.job.NodePool;
import me.owlrun.gateway.limit.RateLimit;
import me.owlrun.gateway.log.RequestLog;
import me.owlrun.gateway.market.Catalog;
import me.owlrun.gateway.metrics.RequestFigures;
import me.owlrun.gateway.notice.BroadcastRoutes;
import me.owlrun.gateway.notice.BroadcastStore;
import me.owlrun.gateway.notice.Broadcasts;
import me.owlrun.gateway.oracle.FixDesk;
import me.owlrun.gateway.oracle.Oracle;
import me.owlrun.gateway.vault.MintClient;
import me.owlrun.http.HttpListener;
import me.owlrun.http.Patience;
import me.owlrun.limit.Networks;
import me.owlrun.metrics.Figure;
import me.owlrun.metrics.Registry;
import me.owlrun.operate.AdminToken;
import me.owlrun.operate.PauseStore;
import me.owlrun.operate.Pauses;
import me.owlrun.operate.Pulse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// The wiring of what surrounds the market: limits, pauses, figures, health, the audit by the clock
/// and the admin interface. Made in two strides, because the market asks it and it asks the market.
final class Operating implements AutoCloseable {

    private static final Duration DATABASE_EVERY = Duration.ofSeconds(2);
    private static final Duration PAUSED_EVERY = Duration.ofSeconds(2);
    private static final Duration DATABASE_SILENCE_MAX = Duration.ofSeconds(15);
    private static final Duration STUCK_EVERY = Duration.ofSeconds(5);
    private static final Duration STUCK_SILENCE_MAX = Duration.ofMinutes(2);
    private static final Duration STUCK_GRACE = Duration.ofMinutes(1);
    private static final int ADMIN_CONNECTIONS_MAX = 50;
    private static final long MEBIBYTE = 1_048_576;
    static final String VERSION = "owlrun-gateway/0.1.0";

    private static final String NO_TOKEN_FILE =
            "Setting 'admin.token.file' is missing; the admin interface on 'admin.port' needs it.";

    private final Settings settings;
    private final Clock clock;
    private final Database database;
    private final Pauses<Pausable> pauses;
    private final Broadcasts broadcasts;
    private final Transparency transparency;
    private final AuditWatch audit;
    private final RateLimit limit;
    private final RequestFigures requests = new RequestFigures();
    private final RequestGate gate;
    private volatile Optional<Health> health = Optional.empty();
    private volatile Optional<Maintenance> maintenance = Optional.empty();
    private final List<Pulse<?>> pulses = new ArrayList<>();
    private Optional<HttpListener> admin = Optional.empty();

    /// @param mint is asked about our money by audits
    /// @param accountOfKey the account behind a buyer's key, if the key is known
    Operating(
            Settings settings,
            Clock clock,
            Database database,
            StopSignal stop,
            MintClient mint,
            Function<String, Optional<String>> accountOfKey) {
        this.settings = settings;
        this.clock = clock;
        this.database = database;
        pauses = new Pauses<>(new PauseStore<>(database, Pausable.class), clock);
        broadcasts = new Broadcasts(new BroadcastStore(database), clock);
        transparency = new Transparency(new TotalStore(database), clock);
        audit =
                new AuditWatch(
                        Audit.withMint(settings, database, mint),
                        new AuditStore(database),
                        clock,
                        settings.get(OperateSettings.AUDIT_EVERY),
                        stop::isStoppingWithin);
        limit =
                new RateLimit(
                        new RateLimit.Rules(
                                settings.get(OperateSettings.EXEMPT),
                                settings.get(OperateSettings.TRUSTED_PROXIES),
                                settings.get(OperateSettings.PROXY_HEADER),
                                settings.get(OperateSettings.REQUESTS),
                                settings.get(OperateSettings.OTHERS)),
                        () -> pauses.isPaused(Pausable.JOBS),
                        accountOfKey,
                        clock);
        RequestLog lines = new RequestLog(settings.get(OperateSettings.LOG_REQUESTS));
        gate =
                new RequestGate(
                        limit,
                        (request, status) -> {
                            requests.answered(request, status);
                            lines.answered(request, status);
                        });
    }

    /// What the market is, as far as the operator looks at it.
    ///
    /// @param nodeTeller tells a node why it rests, or by an empty text that it does not
    /// @param features what the features say is wrong with themselves
    /// @param stuck what other features know of money that takes long
    /// @param accounts what other features know of accounts
    /// @param paused accounts that are stopped
    /// @param fixes prices of days, where they are kept
    /// @param bounties extra pay for models
    /// @param figures what other features count
    /// @param resealing seals tokens of cloud nodes anew
    /// @param calls of the admin interface that other features answer
    record Watched(
            NodePool nodes,
            JobBoard board,
            Catalog catalog,
            Oracle oracle,
            BiConsumer<NodeIdentity, String> nodeTeller,
            List<Supplier<List<Problem>>> features,
            List<StuckMoney> stuck,
            List<AccountDesk> accounts,
            PausedAccounts paused,
            Optional<FixDesk> fixes,
            Bounties bounties,
            List<Supplier<List<Figure>>> figures,
            Supplier<Optional<ObjectNode>> resealing,
            List<AdminCall> calls) {}

    /// Looks something up by the clock, so that who asks for it does not wait for the database.
    Supplier<List<Problem>> byTheClock(
            String name, Duration every, Supplier<List<Problem>> problems) {
        Pulse<List<Problem>> pulse = Pulse.start(name, problems, every, DATABASE_SILENCE_MAX);
        pulses.add(pulse);
        return () -> pulse.last().orElse(List.of());
    }

    /// Begins to watch, and opens the admin interface if the settings ask for it.
    void start(Watched market) {
        Maintenance resting =
                new Maintenance(new MaintenanceStore(database), clock, market.nodeTeller());
        maintenance = Optional.of(resting);
        market.nodes().rest(node -> rest(node, resting, market.paused()));
        OpenPaymentStore payments =
                new OpenPaymentStore(
                        database, clock, settings.get(GatewaySettings.JOB_MAX).plus(STUCK_GRACE));
        List<StuckMoney> stuck = new ArrayList<>(market.stuck());
        stuck.add(payments);
        Pulse<Boolean> databasePulse =
                Pulse.start(
                        "database",
                        () -> OperateStore.ping(database),
                        DATABASE_EVERY,
                        DATABASE_SILENCE_MAX);
        Pulse<Integer> stuckPulse =
                Pulse.start(
                        "stuck",
                        () -> stuck.stream().mapToInt(kind -> kind.list().size()).sum(),
                        STUCK_EVERY,
                        STUCK_SILENCE_MAX);
        pulses.add(
                Pulse.start(
                        "paused", market.paused()::refresh, PAUSED_EVERY, DATABASE_SILENCE_MAX));
        pulses.add(databasePulse);
        pulses.add(stuckPulse);
        Health started =
                new Health(
                        new Health.Sources(
                                databasePulse,
                                market.features(),
                                audit,
                                pauses,
                                stuckPulse,
                                market.nodes()::countTakingJobs,
                                market.oracle()::status,
                                limit::isProxyUnknown,
                                Operating::diskFreeBytes,
                                settings.get(OperateSettings.DISK_FREE) * MEBIBYTE),
                        clock);
        health = Optional.of(started);
        About about = about();
        Registry registry = registry(market, about, payments, databasePulse);
        List<AccountDesk> accounts = new ArrayList<>(market.accounts());
        accounts.add(AccountDesk.ofProviders(database));
        listenToOperator(
                new AdminDesk(
                        about,
                        started,
                        pauses,
                        audit,
                        new BillLookStore(database),
                        stuck,
                        accounts,
                        market.nodes(),
                        resting,
                        market.catalog(),
                        settings.get(GatewaySettings.PRICES_FILE),
                        broadcasts,
                        market.fixes(),
                        market.bounties(),
                        registry,
                        market.resealing(),
                        market.calls(),
                        clock));
    }

    private About about() {
        return new About(
                VERSION,
                settings.get(GatewaySettings.NETWORK).name().toLowerCase(Locale.ROOT),
                settings.get(GatewaySettings.INSTANCE),
                clock.instant());
    }

    /// What a node is told that it is when it gets no jobs.
    private static Optional<String> rest(
            NodeIdentity node, Maintenance maintenance, PausedAccounts paused) {
        if (maintenance.isResting(node)) {
            return Optional.of("maintenance");
        }
        return paused.contain(node.providerId()) ? Optional.of("paused") : Optional.empty();
    }

    private Registry registry(
            Watched market, About about, OpenPaymentStore payments, Pulse<Boolean> databasePulse) {
        Registry registry = new Registry();
        registry.add(requests::figures);
        market.figures().forEach(registry::add);
        new Gauges(
                        about,
                        database,
                        databasePulse::isAlive,
                        market.nodes(),
                        market.board(),
                        payments,
                        transparency,
                        audit,
                        pauses,
                        clock)
                .addTo(registry);
        return registry;
    }

    private static Optional<Long> diskFreeBytes() {
        try {
            return Optional.of(Files.getFileStore(Path.of("")).getUsableSpace());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private void listenToOperator(AdminDesk desk) {
        int port = settings.get(OperateSettings.ADMIN_PORT).intValue();
        if (port == 0) {
            return;
        }
        Path file =
                settings.get(OperateSettings.ADMIN_TOKEN_FILE)
                        .orElseThrow(() -> new ConfigException(List.of(NO_TOKEN_FILE)));
        AdminRoutes routes = desk.routes(AdminToken.read(file));
        HttpListener.Limits limits =
                new HttpListener.Limits(
                        settings.get(OperateSettings.ADMIN_HOST),
                        port,
                        AdminRoutes.BODY_BYTES_MAX,
                        ADMIN_CONNECTIONS_MAX,
                        settings.get(GatewaySettings.DRAIN));
        admin =
                Optional.of(
                        HttpListener.start(
                                limits,
                                ApiError::early,
                                http -> adminRouting(http, routes),
                                sockets -> {}));
    }

    private static void adminRouting(HttpRouting.Builder http, AdminRoutes routes) {
        http.addFilter(routes::requireToken).error(Throwable.class, new ErrorAnswer());
        http.register(routes);
    }

    /// Stands before the public routes.
    RequestGate gate() {
        return gate;
    }

    /// How long it waits for slow clients, and how many connections one address may hold.
    Patience patience() {
        Networks exempt = settings.get(OperateSettings.EXEMPT);
        Networks proxies = settings.get(OperateSettings.TRUSTED_PROXIES);
        return new Patience(
                Patience.USUAL.headersMax(),
                Patience.USUAL.bodyMax(),
                settings.get(OperateSettings.CONNECTIONS).intValue(),
                address -> exempt.contain(address) || proxies.contain(address));
    }

    /// The nodes that get no jobs, once it has started.
    Optional<Maintenance> maintenance() {
        return maintenance;
    }

    /// What everybody is told.
    Broadcasts broadcasts() {
        return broadcasts;
    }

    /// Why payouts must wait, if they must.
    Optional<String> payoutsStopped() {
        return health.flatMap(Health::payoutsStopped);
    }

    /// Whether new nodes may not register.
    boolean newNodesPaused() {
        return pauses.isPaused(Pausable.REGISTRATIONS);
    }

    /// What is wrong.
    List<Problem> problems() {
        return health.map(Health::problems).orElse(List.of());
    }

    /// Whether anything can be served.
    boolean canServe() {
        return health.map(Health::canServe).orElse(true);
    }

    /// Public pages.
    List<HttpService> routes() {
        return List.of(
                new BroadcastRoutes(broadcasts), new TransparencyRoutes(transparency, clock));
    }

    /// What has to run until the gateway stops.
    List<Runnable> backgroundWork() {
        return List.of(audit);
    }

    @Override
    public void close() {
        admin.ifPresent(HttpListener::close);
        pulses.forEach(Pulse::close);
    }
}
