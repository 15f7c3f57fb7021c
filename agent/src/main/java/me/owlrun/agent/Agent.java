package me.owlrun.agent;

import me.owlrun.agent.dashboard.Dashboard;
import me.owlrun.agent.duty.Duty;
import me.owlrun.agent.duty.DutyState;
import me.owlrun.agent.engine.Engine;
import me.owlrun.agent.engine.EngineLimits;
import me.owlrun.agent.engine.Engines;
import me.owlrun.agent.job.Earnings;
import me.owlrun.agent.job.JobRunner;
import me.owlrun.agent.link.Inventory;
import me.owlrun.agent.link.Link;
import me.owlrun.agent.link.LinkTiming;
import me.owlrun.agent.link.NodeCard;
import me.owlrun.agent.machine.Gpu;
import me.owlrun.agent.problem.ProblemBoard;
import me.owlrun.agent.wire.Gateway;
import me.owlrun.agent.wire.Registration;

import java.lang.System.Logger;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;

/// A running node: the wiring of its parts, started in order and closed in reverse. Any number may
/// run in one process; each needs its own configuration file and dashboard port.
final class Agent implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Agent.class.getName());
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(30);
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
    private static final String NEVER = "never";

    private final Engine engine;
    private final ExecutorService threads;
    private final HttpClient client;
    private final JobRunner jobs;
    private final Link link;
    private final boolean working;
    private final Dashboard dashboard;

    private Agent(Config config, InstantSource clock, RandomGenerator random, LinkTiming timing) {
        Build build = Build.current();
        Gateway gateway =
                new Gateway(
                        config.marketplace().gateway(),
                        config.marketplace().proxyBase(),
                        config.account().key());
        ProblemBoard problems = new ProblemBoard();
        Earnings earnings = new Earnings();
        this.working = !config.jobMode().equals(NEVER);
        Duty duty = new Duty(config.inference().capacity(), firstState());
        this.engine = engine(config.inference(), clock);
        this.threads = Executors.newVirtualThreadPerTaskExecutor();
        this.client = client(threads);
        this.jobs = new JobRunner(engine, client, gateway, config.marketplace().answersByPost());
        Inventory inventory =
                new Inventory(
                        engine, Gpu.ofThisMachine(), config.inference().model(), duty, problems);
        this.link =
                new Link(
                        card(config, gateway, engine.kind(), build),
                        client,
                        duty,
                        inventory,
                        jobs,
                        earnings,
                        problems,
                        timing,
                        random);
        StatusView view =
                new StatusView(
                        config,
                        build,
                        duty,
                        engine.kind(),
                        inventory,
                        jobs,
                        earnings,
                        link,
                        problems);
        this.dashboard = Dashboard.start(config.dashboardPort(), view::status);
    }

    /// Starts a node; returns once its page can be opened. It connects on its own from there, so
    /// neither the gateway nor the engine need to be up yet.
    ///
    /// @param config what the owner set
    /// @param clock dates what the mock engine says
    /// @param random spreads reconnections
    /// @throws me.owlrun.agent.problem.AgentException if the dashboard's port is taken
    public static Agent start(Config config, InstantSource clock, RandomGenerator random) {
        return start(config, clock, random, LinkTiming.STANDARD);
    }

    static Agent start(
            Config config, InstantSource clock, RandomGenerator random, LinkTiming timing) {
        config.warnings().forEach(warning -> LOG.log(Logger.Level.WARNING, warning));
        Agent agent = new Agent(config, clock, random, timing);
        if (agent.working) {
            agent.link.start();
        }
        return agent;
    }

    /// The port of the page on 127.0.0.1.
    public int dashboardPort() {
        return dashboard.port();
    }

    /// Lets running jobs end, for half a minute at most, then stops everything.
    @Override
    public void close() {
        try {
            if (working && !link.drainAndStop(DRAIN_LIMIT)) {
                LOG.log(Logger.Level.WARNING, "Stopped with jobs still running.");
            }
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        } finally {
            dashboard.close();
            jobs.close();
            client.shutdownNow();
            engine.close();
            threads.shutdownNow();
        }
    }

    private DutyState firstState() {
        return working
                ? new DutyState.Connecting("Starting.")
                : new DutyState.Paused("Paused: [idle] job_mode is never.");
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

    private static NodeCard card(Config config, Gateway gateway, String engine, Build build) {
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
                engine,
                ollama.orElse(""),
                config.inference().capacity(),
                build.version());
    }
}
