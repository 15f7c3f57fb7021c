package me.owlrun.agent.model;

import me.owlrun.agent.engine.Ollama;
import me.owlrun.agent.machine.Disk;
import me.owlrun.agent.problem.AgentException;
import me.owlrun.agent.problem.Problem;
import me.owlrun.agent.problem.ProblemBoard;

import java.io.IOException;
import java.lang.System.Logger;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/// Looks after the machine's Ollama: starts one if none runs, downloads a first model, keeps the
/// served one warm while the node works, takes all out of memory when it rests, and warns when the
/// disk fills up. Every failure is put up and tried again. One virtual thread does it; downloads
/// have one of their own.
public final class Keeper implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Keeper.class.getName());
    private static final Duration LOOK = Duration.ofSeconds(5);
    private static final Duration WARM_EVERY = Duration.ofMinutes(4);
    private static final Duration WARM_FOR = Duration.ofMinutes(10);
    private static final Duration RETRY = Duration.ofSeconds(60);
    private static final String MISSING = "engine_missing";
    private static final String PULL_FAILED = "pull_failed";
    private static final String NO_ROOM = "disk_full";
    private static final String DISK_LOW = "disk_low";
    private static final String SMALL_CONTEXT = "context_small";
    private static final String SPILLS = "model_spills";

    private final Ollama ollama;
    private final OwnEngine own;
    private final Path folder;
    private final Supplier<Wishes> wishes;
    private final IntSupplier vramMb;
    private final ProblemBoard problems;
    private final Semaphore hurry = new Semaphore(0);
    private final AtomicReference<Models> models = new AtomicReference<>(Models.NONE);
    private final AtomicReference<Optional<Download>> download =
            new AtomicReference<>(Optional.empty());
    private final AtomicReference<Optional<Thread>> puller =
            new AtomicReference<>(Optional.empty());
    private final Thread thread = Thread.ofVirtual().name("models").unstarted(this::run);
    private volatile boolean working;
    private long warmAtNanos;
    private long tryAtNanos = System.nanoTime();

    /// @param ollama its routes
    /// @param own starts it if none runs
    /// @param folder where its models lie, for the disk's sake
    /// @param wishes what the owner wants now
    /// @param vramMb the GPU's memory, 0 without a GPU
    /// @param problems where trouble is put up
    Keeper(
            Ollama ollama,
            OwnEngine own,
            Path folder,
            Supplier<Wishes> wishes,
            IntSupplier vramMb,
            ProblemBoard problems) {
        this.ollama = ollama;
        this.own = own;
        this.folder = folder;
        this.wishes = wishes;
        this.vramMb = vramMb;
        this.problems = problems;
    }

    /// The models at the last look.
    ///
    /// @param installed what is on the disk
    /// @param active the one that is kept warm, or empty
    /// @param loaded what is in memory
    public record Models(
            List<Ollama.Installed> installed, String active, List<Ollama.Loaded> loaded) {
        static final Models NONE = new Models(List.of(), "", List.of());
    }

    /// A download under way.
    public record Download(String tag, Ollama.Progress progress) {}

    /// Begins; returns at once.
    public void start() {
        thread.start();
    }

    /// The node works from now on: its model is loaded and kept.
    public void work() {
        working = true;
        warmAtNanos = System.nanoTime();
        hurry.release();
    }

    /// The node rests from now on: memory is given back at once.
    public void rest() {
        working = false;
        hurry.release();
    }

    /// The models at the last look.
    public Models models() {
        return Objects.requireNonNull(models.get());
    }

    /// The download under way, if there is one.
    public Optional<Download> download() {
        return Objects.requireNonNull(download.get());
    }

    /// The disk the models lie on, now.
    public Disk disk() {
        return Disk.of(folder);
    }

    /// Video memory that may be used, in MB; 0 without a GPU.
    public int usableMb() {
        return (int) ((long) vramMb.getAsInt() * wishes.get().maxVramPct() / 100);
    }

    /// Begins to download a model; returns at once.
    ///
    /// @throws AgentException if another download runs or there is no room for it
    public void pull(String tag) {
        long needed =
                Catalog.ALL.stream()
                        .filter(entry -> entry.tag().equals(tag))
                        .mapToLong(Catalog.Entry::diskGb)
                        .findFirst()
                        .orElse(1);
        if (disk().freeGb() < needed + wishes.get().reserveGb()) {
            throw new AgentException(
                    "Not enough room: %s needs about %d GB and [disk] min_model_space_gb keeps %d."
                            .formatted(tag, needed, wishes.get().reserveGb()));
        }
        Download begun = new Download(tag, new Ollama.Progress("starting", 0, 0));
        if (!download.compareAndSet(Optional.empty(), Optional.of(begun))) {
            throw new AgentException("Another model is being downloaded; wait for it to end.");
        }
        Thread pulling = Thread.ofVirtual().name("pull").unstarted(() -> download(tag));
        puller.set(Optional.of(pulling));
        pulling.start();
    }

    /// Deletes a model from the disk.
    ///
    /// @throws AgentException if it is the one in use, or Ollama refuses
    public void remove(String tag) throws InterruptedException {
        if (tag.equals(models().active())) {
            throw new AgentException(tag + " is in use; activate another model first.");
        }
        try {
            ollama.delete(tag);
            hurry.release();
        } catch (IOException refused) {
            throw new AgentException("Ollama did not delete it: " + refused.getMessage(), refused);
        }
    }

    /// Gives the memory back, ends a download and an Ollama of ours.
    @Override
    public void close() {
        thread.interrupt();
        Objects.requireNonNull(puller.get()).ifPresent(Thread::interrupt);
        try {
            if (thread.isAlive()) {
                boolean _ = thread.join(LOOK);
            }
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
        ollama.close();
        own.close();
    }

    private void run() {
        try {
            while (true) {
                look();
                if (hurry.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                    int _ = hurry.drainPermits();
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException bug) {
            LOG.log(Logger.Level.ERROR, "The care for models ended by a bug.", bug);
        }
    }

    private void look() throws InterruptedException {
        guardDisk();
        try {
            List<Ollama.Installed> installed = ollama.installed();
            problems.clear(MISSING);
            List<String> tags = installed.stream().map(Ollama.Installed::tag).toList();
            String active = active(tags);
            if (tags.isEmpty() || isMissing(tags)) {
                chooseAndPull(tags);
            }
            care(active, tags);
            models.set(new Models(installed, active, ollama.loaded()));
        } catch (IOException silent) {
            models.set(Models.NONE);
            startOwn();
        }
    }

    private boolean isMissing(List<String> tags) {
        String pinned = wishes.get().pinned();
        return !pinned.isEmpty() && !tags.contains(pinned);
    }

    private String active(List<String> tags) {
        String pinned = wishes.get().pinned();
        if (!pinned.isEmpty()) {
            return tags.contains(pinned) ? pinned : "";
        }
        return Catalog.bestOf(tags, usableMb()).orElse("");
    }

    private void chooseAndPull(List<String> tags) {
        Wishes now = wishes.get();
        if (!now.auto() || download().isPresent() || tryAtNanos - System.nanoTime() > 0) {
            return;
        }
        tryAtNanos = System.nanoTime() + RETRY.toNanos();
        Optional<String> wanted =
                isMissing(tags)
                        ? Optional.of(now.pinned())
                        : Catalog.best(usableMb(), disk().freeGb() - now.reserveGb())
                                .map(Catalog.Entry::tag);
        try {
            pull(
                    wanted.orElseThrow(
                            () -> new AgentException("No model fits this disk and memory.")));
            problems.clear(NO_ROOM);
        } catch (AgentException noRoom) {
            problems.raise(
                    Problem.error(
                            NO_ROOM,
                            String.valueOf(noRoom.getMessage()),
                            "Free some space, or set [inference] model to a smaller one."));
        }
    }

    /// Loads and keeps the active model while working, takes the served ones out while resting.
    private void care(String active, List<String> tags) throws IOException, InterruptedException {
        if (!working) {
            for (Ollama.Loaded loaded : ollama.loaded()) {
                if (tags.contains(loaded.tag())) {
                    ollama.unload(loaded.tag());
                    LOG.log(Logger.Level.INFO, "Took {0} out of memory.", loaded.tag());
                }
            }
            return;
        }
        if (!active.isEmpty() && wishes.get().keepWarm() && warmAtNanos - System.nanoTime() <= 0) {
            ollama.load(active, WARM_FOR);
            warmAtNanos = System.nanoTime() + WARM_EVERY.toNanos();
            if (working) {
                check(active);
            }
        }
    }

    private void check(String active) throws IOException, InterruptedException {
        Optional<Ollama.Loaded> loaded =
                ollama.loaded().stream().filter(one -> one.tag().equals(active)).findFirst();
        int wanted = wishes.get().contextTokens();
        boolean small =
                loaded.filter(one -> one.contextTokens() > 0 && one.contextTokens() < wanted)
                        .isPresent();
        putUpIf(
                small,
                Problem.warning(
                        SMALL_CONTEXT,
                        "Ollama runs " + active + " with a smaller context than you set.",
                        "Start Ollama with OLLAMA_CONTEXT_LENGTH="
                                + wanted
                                + " in its"
                                + " environment."));
        putUpIf(
                loaded.filter(Ollama.Loaded::spills).isPresent(),
                Problem.warning(
                        SPILLS,
                        active + " does not fit the video memory; a part runs on the processor.",
                        "Activate a smaller model to earn more."));
    }

    private void putUpIf(boolean stands, Problem problem) {
        if (stands) {
            problems.raise(problem);
        } else {
            problems.clear(problem.code());
        }
    }

    private void guardDisk() {
        Disk disk = disk();
        int least = wishes.get().warnDiskPct();
        putUpIf(
                disk.freePct() < least,
                Problem.warning(
                        DISK_LOW,
                        "Only " + disk.freePct() + " % of the models' disk is free.",
                        "Remove models you do not need; [disk] warn_threshold_pct is "
                                + least
                                + "."));
    }

    private void startOwn() throws InterruptedException {
        if (!wishes.get().startsEngine() || own.runs() || tryAtNanos - System.nanoTime() > 0) {
            return;
        }
        tryAtNanos = System.nanoTime() + RETRY.toNanos();
        try {
            if (own.isInstalled()) {
                own.start(wishes.get().contextTokens());
                problems.clear(MISSING);
                tryAtNanos = System.nanoTime();
                return;
            }
        } catch (IOException failed) {
            LOG.log(Logger.Level.WARNING, "Ollama could not be started.", failed);
        }
        problems.raise(
                Problem.error(
                        MISSING,
                        "Ollama is not installed on this machine, or cannot be started.",
                        "Run the installer again, or set [inference] engine to one that runs."));
    }

    private void download(String tag) {
        try {
            ollama.pull(tag, part -> download.set(Optional.of(new Download(tag, part))));
            problems.clear(PULL_FAILED);
            LOG.log(Logger.Level.INFO, "Downloaded {0}.", tag);
        } catch (IOException failed) {
            problems.raise(
                    Problem.warning(
                            PULL_FAILED,
                            "The download of " + tag + " failed: " + failed.getMessage() + ".",
                            "The agent tries again; check the network and the model's name."));
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        } finally {
            puller.set(Optional.empty());
            download.set(Optional.empty());
            hurry.release();
        }
    }

    /// The care for the Ollama at this address.
    ///
    /// @param home the user's folder
    public static Keeper of(
            Ollama ollama,
            URI address,
            Path home,
            Path log,
            Supplier<Wishes> wishes,
            IntSupplier vramMb,
            ProblemBoard problems) {
        Path models =
                Optional.ofNullable(System.getenv("OLLAMA_MODELS"))
                        .map(Path::of)
                        .orElse(home.resolve(".ollama").resolve("models"));
        OwnEngine own = new OwnEngine("ollama", address, log);
        return new Keeper(ollama, own, models, wishes, vramMb, problems);
    }
}
