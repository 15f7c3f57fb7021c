package me.owlrun.agent.link;

import me.owlrun.agent.duty.Duty;
import me.owlrun.agent.duty.DutyState;
import me.owlrun.agent.job.Earnings;
import me.owlrun.agent.job.JobRunner;
import me.owlrun.agent.job.Msat;
import me.owlrun.agent.machine.GpuReading;
import me.owlrun.agent.wire.GatewayStats;
import me.owlrun.agent.wire.Inbound;
import me.owlrun.agent.wire.Outbound;
import me.owlrun.agent.wire.Registration;

import java.lang.System.Logger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// What happens on one open control channel: messages in, heartbeats and pings out. The pulse runs
/// on the link's thread; messages come on threads of the HTTP client, one at a time.
final class Session {
    private static final Logger LOG = System.getLogger(Session.class.getName());
    private static final int SILENT_PINGS_MAX = 2;

    private final Duty duty;
    private final JobRunner jobs;
    private final Earnings earnings;
    private final Inventory inventory;
    private final LinkTiming timing;
    private final Events events;
    private final AtomicBoolean draining = new AtomicBoolean();

    Session(
            Duty duty,
            JobRunner jobs,
            Earnings earnings,
            Inventory inventory,
            LinkTiming timing,
            Events events) {
        this.duty = duty;
        this.jobs = jobs;
        this.earnings = earnings;
        this.inventory = inventory;
        this.timing = timing;
        this.events = events;
    }

    /// What the link wants to know of a session.
    interface Events {
        /// The gateway said how it sees this node.
        void acknowledged(GatewayStats stats);

        /// The engine was looked at again.
        void looked(Inventory.Stock stock);

        /// Whether the node describes itself differently since this was last asked.
        boolean isCardNew();

        /// The engine's models, or the node's own description, are not what was registered.
        void modelsChanged(Inventory.Stock stock) throws InterruptedException;

        /// The gateway is about to stop.
        void drainAsked();
    }

    /// Keeps the channel alive until it ends: heartbeat at once and then regularly, pings between,
    /// a look at the engine now and then. Gives the channel up if nothing comes in for two pings.
    void pulse(ControlSocket channel) throws InterruptedException {
        Due heartbeat = new Due(timing.heartbeat());
        Due ping = new Due(timing.ping());
        Due look = new Due(timing.engine());
        List<Registration.Model> registered = inventory.stock().models();
        beat(channel);
        while (!channel.awaitEnd(heartbeat.earliest(ping, look))) {
            if (look.isDue()) {
                Inventory.Stock stock = inventory.look();
                events.looked(stock);
                boolean changed = events.isCardNew() || !stock.models().equals(registered);
                if (changed && !stock.models().isEmpty()) {
                    events.modelsChanged(stock);
                    registered = stock.models();
                }
            }
            if (heartbeat.isDue()) {
                beat(channel);
            }
            if (ping.isDue()) {
                pingOrGiveUp(channel);
            }
        }
    }

    /// Sends the live figures.
    void beat(ControlSocket channel) throws InterruptedException {
        GpuReading gpu = inventory.stock().gpu();
        boolean _ =
                channel.send(
                        new Outbound.Heartbeat(
                                gpu.utilPct(),
                                gpu.vramFreeMb(),
                                gpu.tempCelsius(),
                                gpu.powerWatts(),
                                jobs.runningCount(),
                                earningState()));
    }

    /// Takes one message from the gateway.
    void hear(ControlSocket channel, String text) {
        try {
            switch (Inbound.read(text)) {
                case Inbound.Ping() -> answer(channel, new Outbound.Pong());
                case Inbound.Ack(GatewayStats stats) -> events.acknowledged(stats);
                case Inbound.Job job -> offered(channel, job);
                case Inbound.JobComplete(String jobId, long tokens, long earnedMsats) ->
                        earnings.book(jobId, tokens, new Msat(earnedMsats));
                case Inbound.JobCancel(String jobId) -> jobs.cancel(jobId);
                case Inbound.Drain() -> drain();
                case Inbound.Unknown(String type) ->
                        LOG.log(Logger.Level.DEBUG, "Ignored a message of unknown type {0}.", type);
                case Inbound.Malformed(String why) ->
                        LOG.log(Logger.Level.WARNING, "Ignored a malformed message: {0}.", why);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            channel.end();
        }
    }

    private void offered(ControlSocket channel, Inbound.Job job) throws InterruptedException {
        GpuReading gpu = inventory.stock().gpu();
        Optional<Duty.Refusal> refusal =
                duty.refusal(
                        new Duty.Offer(
                                job.model(),
                                job.vramRequiredMb(),
                                gpu.measuresVram() ? gpu.vramFreeMb() : -1,
                                jobs.runningCount()));
        if (refusal.isPresent()) {
            answer(channel, new Outbound.Reject(job.jobId(), refusal.get().word()));
        } else if (channel.send(new Outbound.Accept(job.jobId()))) {
            earnings.began(job.jobId(), job.model());
            jobs.start(job.jobId(), channel);
        }
    }

    private void drain() {
        if (draining.compareAndSet(false, true)) {
            events.drainAsked();
        }
    }

    private void pingOrGiveUp(ControlSocket channel) throws InterruptedException {
        if (channel.silence().compareTo(timing.ping().multipliedBy(SILENT_PINGS_MAX)) > 0) {
            LOG.log(Logger.Level.INFO, "The gateway is silent; connecting again.");
            channel.end();
        } else {
            boolean _ = channel.ping();
        }
    }

    private String earningState() {
        return switch (duty.state()) {
            case DutyState.Draining _ -> "draining";
            case DutyState.Paused _ -> "paused";
            case DutyState.Checking _, DutyState.Connecting _, DutyState.Earning _ -> "earning";
        };
    }

    private static void answer(ControlSocket channel, Outbound message)
            throws InterruptedException {
        boolean _ = channel.send(message);
    }

    /// Something that is due every so often, measured on the monotonic clock.
    private static final class Due {
        private final long everyNanos;
        private long nextNanos;

        Due(Duration every) {
            this.everyNanos = every.toNanos();
            this.nextNanos = System.nanoTime() + everyNanos;
        }

        /// Whether it is due; if so the next time is set.
        boolean isDue() {
            if (nextNanos - System.nanoTime() > 0) {
                return false;
            }
            nextNanos = System.nanoTime() + everyNanos;
            return true;
        }

        Duration earliest(Due second, Due third) {
            long now = System.nanoTime();
            long nanos = Math.min(nextNanos - now, second.nextNanos - now);
            return Duration.ofNanos(Math.max(0, Math.min(nanos, third.nextNanos - now)));
        }
    }
}
