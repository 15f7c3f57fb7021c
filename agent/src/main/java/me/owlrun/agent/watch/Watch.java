package me.owlrun.agent.watch;

import me.owlrun.agent.idle.UserIdle;
import me.owlrun.agent.machine.Battery;
import me.owlrun.agent.machine.Gpu;
import me.owlrun.agent.machine.GpuReading;
import me.owlrun.agent.machine.Programs;

import java.lang.System.Logger;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Looks at the machine once a second and says when the verdict changes. The user is looked at each
/// time, so that a pause begins within two seconds; programs, GPU and battery less often, because
/// looking costs more. One virtual thread does all of it.
public final class Watch implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Watch.class.getName());
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final int PROGRAMS_TICKS = 5;
    private static final int GPU_TICKS = 10;

    private final Eyes eyes;
    private final Supplier<Policy> policy;
    private final HandBrake brake;
    private final BooleanSupplier jobsRun;
    private final Consumer<Verdict> told;
    private final Clock clock;
    private final AtomicReference<Optional<Seen>> seen = new AtomicReference<>(Optional.empty());
    private final Semaphore hurry = new Semaphore(0);
    private final Thread thread = Thread.ofVirtual().name("watch").unstarted(this::run);
    private int tick;
    private int quietGpuLooks;
    private Optional<String> program = Optional.empty();
    private GpuReading gpuReading = GpuReading.NONE;
    private boolean battery;

    /// @param eyes what is looked at
    /// @param policy what the owner allows now
    /// @param brake the owner's pause
    /// @param jobsRun whether jobs of ours use the GPU now
    /// @param told hears of each new verdict, on this watch's thread; must not block
    /// @param clock the machine's time and zone
    public Watch(
            Eyes eyes,
            Supplier<Policy> policy,
            HandBrake brake,
            BooleanSupplier jobsRun,
            Consumer<Verdict> told,
            Clock clock) {
        this.eyes = eyes;
        this.policy = policy;
        this.brake = brake;
        this.jobsRun = jobsRun;
        this.told = told;
        this.clock = clock;
    }

    /// What can be looked at.
    public record Eyes(UserIdle user, Programs programs, Gpu gpu, Battery battery) {}

    /// The last look and what followed from it.
    public record Seen(Signals signals, Verdict verdict) {}

    /// Begins to look; returns at once.
    public void start() {
        thread.start();
    }

    /// Looks again now: something was changed by hand.
    public void lookNow() {
        hurry.release();
    }

    /// The last look, if there was one.
    public Optional<Seen> seen() {
        return Objects.requireNonNull(seen.get());
    }

    @Override
    public void close() {
        thread.interrupt();
        eyes.user().close();
    }

    private void run() {
        try {
            while (true) {
                look();
                if (hurry.tryAcquire(TICK.toMillis(), TimeUnit.MILLISECONDS)) {
                    int _ = hurry.drainPermits();
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException bug) {
            LOG.log(Logger.Level.ERROR, "The watch ended by a bug in the agent.", bug);
            told.accept(new Verdict.Rest("bug", "Paused: the agent met a bug; restart it.", true));
        }
    }

    private void look() throws InterruptedException {
        Policy now = policy.get();
        if (tick % PROGRAMS_TICKS == 0) {
            program =
                    now.watchesPrograms() ? eyes.programs().running(heavy(now)) : Optional.empty();
        }
        if (tick % GPU_TICKS == 0) {
            gpuReading = eyes.gpu().read();
            battery = eyes.battery().isUsed();
            quietGpuLooks = jobsRun.getAsBoolean() ? 0 : quietGpuLooks + 1;
        }
        tick++;
        // One look without jobs may still show the load of the last one.
        int byOthers = quietGpuLooks > 1 && !jobsRun.getAsBoolean() ? gpuReading.utilPct() : 0;
        Signals signals =
                new Signals(
                        eyes.user().read(),
                        program,
                        gpuReading,
                        byOthers,
                        battery,
                        LocalDateTime.ofInstant(clock.instant(), clock.getZone()),
                        brake.reason());
        judge(now, signals);
    }

    private void judge(Policy now, Signals signals) {
        Optional<Seen> before = seen();
        Verdict was = before.map(Seen::verdict).orElseGet(Verdict.Work::new);
        Verdict verdict = Rules.verdict(now, signals, was);
        seen.set(Optional.of(new Seen(signals, verdict)));
        if (before.isEmpty() || !verdict.equals(was)) {
            told.accept(verdict);
        }
    }

    private static Set<String> heavy(Policy policy) {
        Set<String> names = new HashSet<>(Programs.HEAVY);
        names.addAll(policy.alsoHeavy());
        return names;
    }
}
