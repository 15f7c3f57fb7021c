package me.owlrun.agent;

import me.owlrun.agent.dashboard.Dashboard;
import me.owlrun.agent.duty.Duty;
import me.owlrun.agent.duty.DutyState;
import me.owlrun.agent.engine.Engine;
import me.owlrun.agent.engine.EngineLimits;
import me.owlrun.agent.engine.Engines;
import me.owlrun.agent.engine.Ollama;
import me.owlrun.agent.idle.UserIdle;
import me.owlrun.agent.job.JobRunner;
import me.owlrun.agent.link.Inventory;
import me.owlrun.agent.link.Link;
import me.owlrun.agent.link.LinkTiming;
import me.owlrun.agent.link.NodeCard;
import me.owlrun.agent.machine.Battery;
import me.owlrun.agent.machine.Gpu;
import me.owlrun.agent.machine.Programs;
import me.owlrun.agent.model.Keeper;
import me.owlrun.agent.problem.ProblemBoard;
import me.owlrun.agent.purse.Ecash;
import me.owlrun.agent.purse.Journal;
import me.owlrun.agent.watch.HandBrake;
import me.owlrun.agent.watch.Verdict;
import me.owlrun.agent.watch.Watch;
import me.owlrun.agent.wire.Gateway;
import me.owlrun.agent.wire.Registration;

import java.lang.System.Logger;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// A running node: the wiring of its parts, started in order and closed in reverse. Any number may
/// run in one process; each needs its own configuration file and dashboard port.
final class Agent implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Agent.class.getName());

    /// The process's own log, so that it is one for all agents in it.
    static final LogRing RING = new LogRing();

    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(30);
    private static final Duration CLAIM_RETRY = Duration.ofSeconds(60);
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);

    private final CountDownLatch closing = new CountDownLatch(1);
    private final LiveConfig config;
    private final Build build = Build.current();
    private final Gateway gateway;
    private final ProblemBoard problems = new ProblemBoard();
    private final Engine engine;
    private final ExecutorService threads;
    private final HttpClient client;
    private final JobRunner jobs;
    private final Inventory inventory;
    private final Link link;
    private final HandBrake brake;
    private final Watch watch;
    private final Optional<Keeper> keeper;
    private final Journal journal;
    private final Ecash purse;
    private final Dashboard dashboard;

    private Agent(
            Config first, Surroundings around, LinkTiming timing, Map<String, String> overrides) {
        this.config =
                new LiveConfig(first, overrides, around.random(), problems, this::configChanged);
        this.gateway =
                new Gateway(
                        first.marketplace().gateway(),
                        first.marketplace().proxyBase(),
                        first.account().key());
        this.journal = Journal.open(first.file().resolveSibling("earnings"), around.clock());
        Duty duty =
                new Duty(
                        first.inference().capacity(),
                        new DutyState.Paused("Starting: looking at the machine."));
        this.engine = engine(first.inference(), around.clock());
        this.threads = Executors.newVirtualThreadPerTaskExecutor();
        this.client = client(threads);
        this.jobs = new JobRunner(engine, client, gateway, first.marketplace().answersByPost());
        Gpu gpu = Gpu.ofThisMachine();
        this.inventory = new Inventory(engine, gpu, first.wishes().pinned(), duty, problems);
        this.link =
                new Link(
                        card(first),
                        client,
                        duty,
                        inventory,
                        jobs,
                        journal,
                        problems,
                        timing,
                        around.random());
        this.keeper = keeper(first, around.home());
        this.brake = new HandBrake(around.clock());
        this.watch = watch(around, gpu);
        StatusView view =
                new StatusView(
                        config,
                        build,
                        duty,
                        engine.kind(),
                        inventory,
                        jobs,
                        journal,
                        link,
                        watch,
                        keeper,
                        problems,
                        around.clock());
        this.purse =
                new Ecash(
                        first.file().resolveSibling("ecash"),
                        client,
                        gateway,
                        around.clock(),
                        around.random());
        Owner owner = new Owner(config, brake, watch, keeper, journal, purse, RING, around.clock());
        String token = SessionToken.make(around.random());
        this.dashboard = Dashboard.start(first.dashboardPort(), view::document, owner, token);
        SessionToken.keep(first.file(), dashboard.port(), token);
    }

    /// What a node finds around it.
    ///
    /// @param clock the machine's time and zone
    /// @param random spreads reconnections; makes new identities
    /// @param environment where the desktop session says how to reach it
    /// @param home the user's folder
    record Surroundings(
            Clock clock, RandomGenerator random, Map<String, String> environment, Path home) {
        static Surroundings ofThisMachine(RandomGenerator random) {
            return new Surroundings(
                    Clock.system(ZoneId.systemDefault()),
                    random,
                    System.getenv(),
                    Path.of(System.getProperty("user.home")));
        }
    }

    /// Starts a node; returns once its page can be opened. It connects on its own from there, so
    /// neither the gateway nor the engine need to be up yet.
    ///
    /// @param config what the owner set
    /// @param overrides what counts instead of the file's values, also when it changes
    /// @throws me.owlrun.agent.problem.AgentException if the dashboard's port is taken
    static Agent start(
            Config config, Map<String, String> overrides, Surroundings around, LinkTiming timing) {
        config.warnings().forEach(warning -> LOG.log(Logger.Level.WARNING, warning));
        Agent agent = new Agent(config, around, timing, overrides);
        agent.config.start();
        agent.keeper.ifPresent(Keeper::start);
        agent.link.start();
        agent.watch.start();
        Thread _ = Thread.ofVirtual().name("claims").start(agent::recoverClaims);
        return agent;
    }

    /// The port of the page on 127.0.0.1.
    int dashboardPort() {
        return dashboard.port();
    }

    /// Lets running jobs end, for half a minute at most, then stops everything.
    @Override
    public void close() {
        closing.countDown();
        watch.close();
        config.close();
        try {
            if (!link.drainAndStop(DRAIN_LIMIT)) {
                LOG.log(Logger.Level.WARNING, "Stopped with jobs still running.");
            }
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        } finally {
            dashboard.close();
            jobs.close();
            client.shutdownNow();
            engine.close();
            keeper.ifPresent(Keeper::close);
            threads.shutdownNow();
        }
    }

    /// Asks again for ecash whose answer was lost, until it is known.
    private void recoverClaims() {
        try {
            while (!purse.recover()) {
                if (closing.await(CLAIM_RETRY.toSeconds(), TimeUnit.SECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void decided(Verdict verdict) {
        switch (verdict) {
            case Verdict.Work() -> {
                LOG.log(Logger.Level.INFO, "Free to work.");
                keeper.ifPresent(Keeper::work);
                link.release();
            }
            case Verdict.Rest(String code, String why, boolean atOnce) -> {
                LOG.log(Logger.Level.INFO, "{0}", why);
                link.hold(why, atOnce, () -> keeper.ifPresent(Keeper::rest));
            }
        }
    }

    private void configChanged(Config next) {
        inventory.pin(next.wishes().pinned());
        link.describe(card(next));
        watch.lookNow();
    }

    private Watch watch(Surroundings around, Gpu gpu) {
        return new Watch(
                new Watch.Eyes(
                        UserIdle.ofThisMachine(around.environment(), around.clock()),
                        Programs.ofThisMachine(),
                        gpu,
                        Battery.ofThisMachine()),
                () -> config.now().policy(),
                brake,
                () -> jobs.runningCount() > 0,
                this::decided,
                around.clock());
    }

    /// The care for Ollama's models, if the engine is one.
    private Optional<Keeper> keeper(Config first, Path home) {
        return first.ollamaUrl()
                .map(url ->
                        Keeper.of(
                                new Ollama(url, EngineLimits.STANDARD),
                                url,
                                home,
                                first.file().resolveSibling("ollama.log"),
                                () -> config.now().wishes(),
                                () -> inventory.stock().gpu().vramTotalMb(),
                                problems));
    }

    private static Engine engine(Config.Inference inference, InstantSource clock) {
        return switch (inference.engine()) {
            case OLLAMA -> Engines.ollama(inference.engineUrl(), EngineLimits.STANDARD);
            case OPENAI -> Engines.openAi(inference.engineUrl(), EngineLimits.STANDARD);
            case MOCK -> Engines.mock(clock, inference.mockDelay());
        };
    }

    private static HttpClient client(ExecutorService threads) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT_LIMIT)
                .executor(threads)
                .build();
    }

    private NodeCard card(Config config) {
        Config.Account account = config.account();
        Registration.Terms terms =
                new Registration.Terms(
                        config.marketplace().region(),
                        account.wallet(),
                        account.lightningAddress(),
                        account.redeemThresholdSats(),
                        account.referralCode(),
                        account.freeTierPct());
        Optional<String> ollama = config.ollamaUrl().map(Object::toString);
        return new NodeCard(
                account.nodeId(),
                gateway,
                terms,
                engine.kind(),
                ollama.orElse(""),
                config.inference().capacity(),
                build.version());
    }
}
