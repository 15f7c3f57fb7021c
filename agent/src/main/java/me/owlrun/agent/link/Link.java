package me.owlrun.agent.link;

import me.owlrun.agent.duty.Duty;
import me.owlrun.agent.duty.DutyState;
import me.owlrun.agent.job.Earnings;
import me.owlrun.agent.job.JobRunner;
import me.owlrun.agent.problem.Problem;
import me.owlrun.agent.problem.ProblemBoard;
import me.owlrun.agent.wire.GatewayStats;

import java.lang.System.Logger;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/// Keeps this node in touch with the gateway for as long as the agent runs: look at the engine,
/// register, open the control channel, serve; when anything fails, wait and begin again. Every
/// state leaves by itself. One virtual thread does all of it.
public final class Link {
    private static final Logger LOG = System.getLogger(Link.class.getName());
    private static final String KEY_REFUSED = "key_refused";
    private static final String GATEWAY_SILENT = "gateway_unreachable";

    private static final Duration HAND_BACK_LIMIT = Duration.ofSeconds(2);

    private volatile NodeCard card;
    private final HttpClient client;
    private final Duty duty;
    private final Inventory inventory;
    private final JobRunner jobs;
    private final Earnings earnings;
    private final ProblemBoard problems;
    private final LinkTiming timing;
    private final Registrar registrar;
    private final Backoff backoff;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final AtomicReference<LinkStatus> status = new AtomicReference<>(LinkStatus.NEW);
    private final AtomicReference<Optional<Live>> live = new AtomicReference<>(Optional.empty());
    private final ReentrantLock gate = new ReentrantLock();
    private final Condition gateMoved = gate.newCondition();
    private final AtomicBoolean cardChanged = new AtomicBoolean();
    private Optional<String> held = Optional.of("Starting: looking at the machine.");
    private long holds;
    private final Thread thread = Thread.ofVirtual().name("link").unstarted(this::run);

    /// @param card who we are
    /// @param client for the gateway
    /// @param duty what may be taken; the link enters its states
    /// @param inventory what there is to offer
    /// @param jobs runs what is accepted
    /// @param earnings books what is settled
    /// @param problems where trouble is put up
    /// @param timing the waits
    /// @param random spreads the attempts of many nodes
    public Link(
            NodeCard card,
            HttpClient client,
            Duty duty,
            Inventory inventory,
            JobRunner jobs,
            Earnings earnings,
            ProblemBoard problems,
            LinkTiming timing,
            RandomGenerator random) {
        this.card = card;
        this.client = client;
        this.duty = duty;
        this.inventory = inventory;
        this.jobs = jobs;
        this.earnings = earnings;
        this.problems = problems;
        this.timing = timing;
        this.registrar = new Registrar(client, card.gateway(), timing.connect());
        this.backoff = new Backoff(timing.backoffFirst(), timing.backoffMost(), random);
    }

    /// Begins to work as soon as it is released; returns at once.
    public void start() {
        thread.start();
    }

    /// How the link stands now.
    public LinkStatus status() {
        return Objects.requireNonNull(status.get());
    }

    /// Lets the node work.
    public void release() {
        gate.lock();
        try {
            if (held.isEmpty()) {
                return;
            }
            held = Optional.empty();
            holds++;
            if (stopping.getCount() > 0) {
                boolean open = Objects.requireNonNull(live.get()).isPresent();
                duty.enter(open ? new DutyState.Earning() : new DutyState.Connecting("Starting."));
            }
            gateMoved.signalAll();
        } finally {
            gate.unlock();
        }
    }

    /// Lets the node rest: no new job from now on, then goodbye to the gateway.
    ///
    /// @param why one sentence for the owner
    /// @param atOnce whether running jobs are handed back; else they may end first
    /// @param rested called when nothing runs any more, unless the node was released before
    public void hold(String why, boolean atOnce, Runnable rested) {
        gate.lock();
        try {
            held = Optional.of(why);
            long number = ++holds;
            if (stopping.getCount() > 0) {
                boolean ending = !atOnce && jobs.runningCount() > 0;
                duty.enter(ending ? new DutyState.Draining(why) : new DutyState.Paused(why));
            }
            Thread _ =
                    Thread.ofVirtual()
                            .name("link-hold")
                            .start(() -> rest(number, why, atOnce, rested));
            gateMoved.signalAll();
        } finally {
            gate.unlock();
        }
    }

    /// The node describes itself differently from now on; the gateway hears it soon.
    public void describe(NodeCard next) {
        card = next;
        cardChanged.set(true);
    }

    /// Takes no new job, lets running ones end within the limit, says goodbye, and ends.
    ///
    /// @return whether every running job came to its end
    public boolean drainAndStop(Duration limit) throws InterruptedException {
        stopping.countDown();
        gate.lock();
        try {
            gateMoved.signalAll();
        } finally {
            gate.unlock();
        }
        duty.enter(new DutyState.Draining("Stopping: finishing what runs."));
        Optional<Live> open = Objects.requireNonNull(live.get());
        if (open.isPresent()) {
            open.get().session().beat(open.get().channel());
        }
        boolean idle = jobs.awaitIdle(limit);
        sayGoodbye();
        thread.interrupt();
        thread.join(timing.send());
        return idle;
    }

    private void run() {
        try {
            while (awaitRelease()) {
                pause(attempt());
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException bug) {
            LOG.log(Logger.Level.ERROR, "The link ended by a bug in the agent.", bug);
            problems.raise(
                    Problem.error(
                            "agent_bug",
                            "The agent met a bug and is no longer connected.",
                            "Restart it, and report the log's last error."));
        }
    }

    /// Waits until the node may work.
    ///
    /// @return whether it may; else the agent is stopping
    private boolean awaitRelease() throws InterruptedException {
        gate.lock();
        try {
            while (held.isPresent() && stopping.getCount() > 0) {
                gateMoved.await();
            }
            return stopping.getCount() > 0;
        } finally {
            gate.unlock();
        }
    }

    /// Waits before the next attempt, or until the node is held or released.
    private void pause(Duration wait) throws InterruptedException {
        long leftNanos = wait.toNanos();
        gate.lock();
        try {
            long number = holds;
            while (leftNanos > 0 && number == holds && stopping.getCount() > 0) {
                leftNanos = gateMoved.awaitNanos(leftNanos);
            }
        } finally {
            gate.unlock();
        }
    }

    private boolean isHeld() {
        gate.lock();
        try {
            return held.isPresent();
        } finally {
            gate.unlock();
        }
    }

    /// Ends what runs, and then the connection, unless something newer was decided meanwhile.
    private void rest(long number, String why, boolean atOnce, Runnable rested) {
        try {
            if (!atOnce) {
                boolean _ = jobs.awaitIdle(timing.drain());
            }
            if (isStill(number)) {
                jobs.handBackAll();
                boolean _ = jobs.awaitIdle(HAND_BACK_LIMIT);
            }
            if (isStill(number)) {
                sayGoodbye();
            }
            gate.lock();
            try {
                if (number == holds && stopping.getCount() > 0) {
                    duty.enter(new DutyState.Paused(why));
                    rested.run();
                }
            } finally {
                gate.unlock();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isStill(long number) {
        gate.lock();
        try {
            return number == holds;
        } finally {
            gate.unlock();
        }
    }

    /// One whole attempt, which may last for days.
    ///
    /// @return how long to wait before the next
    private Duration attempt() throws InterruptedException {
        Inventory.Stock stock = inventory.look();
        if (stock.models().isEmpty()) {
            enter(new DutyState.Checking(stock.whyNoModels()));
            return backoff.next();
        }
        enter(new DutyState.Connecting("Connecting to " + card.gateway().base().getHost() + "."));
        return switch (registrar.register(card.registration(stock))) {
            case Registrar.Outcome.Registered() -> connect();
            case Registrar.Outcome.KeyRefused() -> keyRefused();
            case Registrar.Outcome.Failed(String why) -> gatewaySilent(why);
            case Registrar.Outcome.Later(Duration pause) -> {
                Duration own = gatewaySilent("it asks us to come later");
                yield pause.compareTo(own) > 0 ? pause : own;
            }
        };
    }

    private Duration connect() throws InterruptedException {
        Session session = new Session(duty, jobs, earnings, inventory, timing, new SessionEvents());
        return switch (ControlSocket.open(client, card.gateway(), timing, session::hear)) {
            case ControlSocket.Attempt.Open(ControlSocket open) -> serve(session, open);
            case ControlSocket.Attempt.Refused(int code) ->
                    code == 401 || code == 403
                            ? keyRefused()
                            : gatewaySilent("it refused the control channel with " + code);
            case ControlSocket.Attempt.Failed() ->
                    gatewaySilent("the control channel does not open");
        };
    }

    private Duration serve(Session session, ControlSocket open) throws InterruptedException {
        problems.clear(KEY_REFUSED);
        problems.clear(GATEWAY_SILENT);
        LOG.log(Logger.Level.INFO, "Connected to {0}.", card.gateway().base());
        live.set(Optional.of(new Live(session, open)));
        enter(new DutyState.Earning());
        status.set(new LinkStatus(true, status().stats()));
        try {
            if (isHeld()) {
                open.close();
            }
            session.pulse(open);
        } finally {
            live.set(Optional.empty());
            status.set(new LinkStatus(false, status().stats()));
            open.end();
            jobs.cancelAll(open);
        }
        LOG.log(Logger.Level.INFO, "Disconnected.");
        enter(new DutyState.Connecting("The connection was lost; connecting again."));
        return backoff.next();
    }

    private void sayGoodbye() throws InterruptedException {
        Optional<Live> open = Objects.requireNonNull(live.get());
        if (open.isPresent()) {
            open.get().channel().close();
        }
    }

    /// Enters a state unless the node is held, or the agent is stopping, which is the last state of
    /// all.
    private void enter(DutyState next) {
        gate.lock();
        try {
            if (stopping.getCount() > 0 && held.isEmpty()) {
                duty.enter(next);
            }
        } finally {
            gate.unlock();
        }
    }

    private Duration keyRefused() {
        problems.raise(
                Problem.error(
                        KEY_REFUSED,
                        "The gateway does not accept this node's key "
                                + card.gateway().key().masked()
                                + ".",
                        "Put the right key into [account] api_key, or delete that line to get a"
                                + " new one, and restart."));
        return backoff.next();
    }

    private Duration gatewaySilent(String why) {
        problems.raise(
                Problem.error(
                        GATEWAY_SILENT,
                        "The gateway " + card.gateway().base() + " cannot be used: " + why + ".",
                        "Nothing to do if it was reachable before: the agent keeps trying. Else"
                                + " check [marketplace] gateway."));
        return backoff.next();
    }

    /// The open channel and what happens on it.
    private record Live(Session session, ControlSocket channel) {}

    /// What a session reports while it lasts.
    private final class SessionEvents implements Session.Events {
        @Override
        public void acknowledged(GatewayStats stats) {
            backoff.reset();
            status.set(new LinkStatus(true, Optional.of(stats)));
        }

        @Override
        public void looked(Inventory.Stock stock) {
            if (!(duty.state() instanceof DutyState.Draining)) {
                enter(
                        stock.models().isEmpty()
                                ? new DutyState.Checking(stock.whyNoModels())
                                : new DutyState.Earning());
            }
        }

        @Override
        public boolean isCardNew() {
            return cardChanged.getAndSet(false);
        }

        @Override
        public void modelsChanged(Inventory.Stock stock) throws InterruptedException {
            Registrar.Outcome outcome = registrar.register(card.registration(stock));
            LOG.log(Logger.Level.INFO, "Registered a new list of models: {0}.", outcome);
        }

        @Override
        public void drainAsked() {
            LOG.log(Logger.Level.INFO, "The gateway asks to drain.");
            enter(new DutyState.Draining("The gateway restarts: finishing what runs."));
            Thread _ = Thread.ofVirtual().name("link-drain").start(this::drain);
        }

        private void drain() {
            try {
                boolean _ = jobs.awaitIdle(timing.drain());
                sayGoodbye();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
