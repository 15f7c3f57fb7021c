package me.owlrun.mint;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.websocket.WsRouting;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.config.ConfigException;
import me.owlrun.config.Settings;
import me.owlrun.db.Database;
import me.owlrun.http.HttpListener;
import me.owlrun.metrics.Registry;
import me.owlrun.mint.admin.AdminRoutes;
import me.owlrun.mint.admin.Books;
import me.owlrun.mint.admin.Breaker;
import me.owlrun.mint.admin.Health;
import me.owlrun.mint.admin.HealthRoutes;
import me.owlrun.mint.admin.Operator;
import me.owlrun.mint.admin.OverviewStore;
import me.owlrun.mint.guard.Guard;
import me.owlrun.mint.guard.Pausable;
import me.owlrun.mint.guard.SparingLightning;
import me.owlrun.mint.http.ApiHandler;
import me.owlrun.mint.http.ErrorBody;
import me.owlrun.mint.http.RequestGate;
import me.owlrun.mint.info.InfoRoutes;
import me.owlrun.mint.keys.Keysets;
import me.owlrun.mint.ledger.LedgerStore;
import me.owlrun.mint.lightning.Lightning;
import me.owlrun.mint.lightning.Lightning.NodeState;
import me.owlrun.mint.metrics.CommitFigures;
import me.owlrun.mint.metrics.RequestFigures;
import me.owlrun.mint.quote.MeltControl;
import me.owlrun.mint.quote.QuoteViews;
import me.owlrun.mint.step.Changed;
import me.owlrun.mint.step.Step;
import me.owlrun.mint.step.Steps;
import me.owlrun.mint.subscribe.Hub;
import me.owlrun.mint.subscribe.Kind;
import me.owlrun.mint.subscribe.NoticeStore;
import me.owlrun.mint.subscribe.Notices;
import me.owlrun.mint.subscribe.SubscriptionSocket;
import me.owlrun.operate.AdminToken;
import me.owlrun.operate.PauseStore;
import me.owlrun.operate.Pauses;
import me.owlrun.operate.Pulse;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The wiring of what surrounds the use cases: limits, pauses, subscriptions, figures, health and
/// the admin interface. Made in two strides, because the use cases report to it and it asks them.
final class Operating implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Operating.class.getName());

    private static final Duration DATABASE_EVERY = Duration.ofSeconds(2);
    private static final Duration DATABASE_SILENCE_MAX = Duration.ofSeconds(15);
    private static final Duration NODE_EVERY = Duration.ofSeconds(10);
    private static final Duration NODE_SILENCE_MAX = Duration.ofSeconds(60);
    private static final int ADMIN_CONNECTIONS_MAX = 50;

    private static final String NO_TOKEN_FILE =
            "Setting 'admin.token.file' is missing; the admin interface on 'admin.port' needs it.";

    private final Settings settings;
    private final Clock clock;
    private final Database database;
    private final Pauses<Pausable> pauses;
    private final RequestFigures requests = new RequestFigures();
    private final CommitFigures commits = new CommitFigures();
    private volatile Optional<Running> running = Optional.empty();
    private Optional<HttpListener> admin = Optional.empty();

    /// What runs once the use cases are there.
    private record Running(
            Guard guard,
            Hub hub,
            Notices notices,
            Health health,
            Operator operator,
            Registry registry) {}

    private Operating(Settings settings, Clock clock, Database database) {
        this.settings = settings;
        this.clock = clock;
        this.database = database;
        this.pauses = new Pauses<>(new PauseStore<>(database, Pausable.class), clock);
    }

    static Operating open(Settings settings, Clock clock, Database database) {
        return new Operating(settings, clock, database);
    }

    /// Hears of commits, too.
    Steps watching(Steps steps) {
        return new Steps() {
            @Override
            public void reached(Step step) {
                steps.reached(step);
            }

            @Override
            public void changed(Changed change) {
                steps.changed(change);
                Operating.this.changed(change);
            }
        };
    }

    private void changed(Changed change) {
        commits.changed(change);
        running.ifPresent(parts -> {
            try {
                parts.guard().changed(change);
                parts.hub().changed(change);
                parts.notices().changed(change);
            } catch (RuntimeException e) { // what is committed must be answered
                LOG.log(Level.ERROR, "A change could not be taken note of.", e);
            }
        });
    }

    /// Asks the node less often.
    Lightning sparing(Lightning lightning) {
        Duration every = settings.get(MintSettings.OPERATING.lookEvery());
        return new SparingLightning(lightning, every, clock);
    }

    /// Starts everything, and opens the admin interface if the settings ask for it.
    void start(
            QuoteViews quotes,
            LedgerStore ledger,
            Keysets keysets,
            Lightning lightning,
            MeltControl melts,
            Books books) {
        OperatingSettings names = MintSettings.OPERATING;
        Guard.Rules rules =
                new Guard.Rules(
                        settings.get(names.exempt()),
                        settings.get(names.trustedProxies()),
                        settings.get(names.proxyHeader()),
                        settings.get(names.quotes()),
                        settings.get(names.transfers()),
                        settings.get(names.others()),
                        settings.get(names.unpaidQuotes()));
        Guard guard = new Guard(rules, pauses, clock, quotes::isUnpaid);
        Hub hub = Hub.start(new WatchedStates(quotes, ledger), settings.get(names.sweepEvery()));
        Notices notices = Notices.start(new NoticeStore(database), hub);
        OverviewStore overview = new OverviewStore(database);
        Pulse<Boolean> databasePulse =
                Pulse.start("database", overview::ping, DATABASE_EVERY, DATABASE_SILENCE_MAX);
        Pulse<NodeState> nodePulse =
                Pulse.start("lightning", lightning::node, NODE_EVERY, NODE_SILENCE_MAX);
        Health health = new Health(databasePulse, nodePulse, books, breaker(melts), pauses);
        Operator.About about =
                new Operator.About(
                        InfoRoutes.VERSION,
                        settings.get(MintSettings.NETWORK).name().toLowerCase(Locale.ROOT),
                        clock.instant());
        Operator operator = new Operator(about, health, overview, keysets, clock);
        Registry registry = new Registry();
        registry.add(requests::figures);
        registry.add(commits::figures);
        new Gauges(health, overview, hub, database, about, clock).addTo(registry);
        Running parts = new Running(guard, hub, notices, health, operator, registry);
        running = Optional.of(parts);
        listenToOperator(parts);
    }

    private static Breaker breaker(MeltControl melts) {
        return new Breaker() {
            @Override
            public Optional<String> openBecause() {
                return melts.tripped().map(MeltControl.Tripped::reason);
            }

            @Override
            public void close() {
                boolean resumed = melts.resume();
                LOG.log(Level.INFO, "Melting is resumed by the operator: {0}", resumed);
            }
        };
    }

    private Running running() {
        return running.orElseThrow(() -> new IllegalStateException("not started"));
    }

    /// Stands before the routes of the mint.
    RequestGate gate() {
        return new RequestGate(running().guard(), requests);
    }

    HttpService healthRoutes() {
        return new HealthRoutes(running().health());
    }

    void sockets(WsRouting.Builder sockets) {
        Running parts = running();
        sockets.endpoint(
                SubscriptionSocket.PATH,
                () -> new SubscriptionSocket(parts.hub(), parts.guard()::admitMessage));
    }

    /// What it adds to `/v1/info`.
    void describe(ObjectNode nuts) {
        disable(nuts, "4", Pausable.MINT);
        disable(nuts, "5", Pausable.MELT);
        ArrayNode supported = nuts.putObject("17").putArray("supported");
        for (CurrencyUnit unit : CurrencyUnit.values()) {
            ObjectNode entry = supported.addObject();
            entry.put("method", "bolt11").put("unit", unit.text());
            ArrayNode commands = entry.putArray("commands");
            for (Kind kind : Kind.values()) {
                commands.add(kind.text());
            }
        }
    }

    private void disable(ObjectNode nuts, String nut, Pausable what) {
        if (nuts.get(nut) instanceof ObjectNode node) {
            node.put("disabled", pauses.isPaused(what));
        }
    }

    private void listenToOperator(Running parts) {
        OperatingSettings names = MintSettings.OPERATING;
        int port = settings.get(names.adminPort()).intValue();
        if (port == 0) {
            return;
        }
        Path file =
                settings.get(names.adminTokenFile())
                        .orElseThrow(() -> new ConfigException(List.of(NO_TOKEN_FILE)));
        AdminRoutes routes =
                new AdminRoutes(AdminToken.read(file), parts.operator(), parts.registry());
        HttpListener.Limits limits =
                new HttpListener.Limits(
                        settings.get(names.adminHost()),
                        port,
                        ApiHandler.BODY_BYTES_MAX,
                        ADMIN_CONNECTIONS_MAX,
                        settings.get(MintSettings.DRAIN));
        admin =
                Optional.of(
                        HttpListener.start(
                                limits,
                                ErrorBody::early,
                                http -> adminRouting(http, routes),
                                sockets -> {}));
    }

    private static void adminRouting(HttpRouting.Builder http, AdminRoutes routes) {
        http.addFilter(routes::requireToken).error(Throwable.class, new ErrorBody());
        http.register(routes);
    }

    /// Lets go of wallets that watch and of the operator; the listener of the mint comes next.
    void disconnect() {
        admin.ifPresent(HttpListener::close);
        running.ifPresent(parts -> parts.hub().close());
    }

    /// Tells the other processes of the last commits and stops.
    @Override
    public void close() {
        disconnect();
        running.ifPresent(parts -> {
            parts.notices().close();
            parts.health().database().close();
            parts.health().node().close();
        });
    }
}
