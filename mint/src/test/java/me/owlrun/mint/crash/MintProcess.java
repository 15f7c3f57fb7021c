package me.owlrun.mint.crash;

import me.owlrun.cashu.Amounts;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Proof;
import me.owlrun.mint.step.Step;
import me.owlrun.mint.testing.ChildImage;
import me.owlrun.mint.testing.ChildJvm;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.mint.testing.TestWallet;
import me.owlrun.money.Msat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// A [CrashingMint] in its process, as the test sees it.
final class MintProcess implements AutoCloseable {

    /// What every mint of these tests is set to: leases as short as they may be, quotes that live
    /// on although the clock runs fast, an input fee so that fees are in the books.
    private static final String[] SETTINGS = {
        "--fake.pay_delay=0",
        "--melt.watch=20",
        "--melt.lease=40",
        "--melt.quote_expiry=86400",
        "--mint.invoice_expiry=2592000",
        "--keyset.input_fee_ppk=100",
        "--database.connections=8"
    };

    private static final Duration READY_MAX = Duration.ofSeconds(60);
    private static final ReentrantLock LOCK = new ReentrantLock();
    private static Optional<ChildImage> image = Optional.empty();

    /// Every step that some mint of this test run reached.
    static final Set<Step> REACHED = ConcurrentHashMap.newKeySet();

    private final ChildJvm child;
    private String url = "";
    private boolean halted;

    private MintProcess(ChildJvm child) {
        this.child = child;
    }

    /// Starts one and does not wait for it.
    ///
    /// @param armed the step to halt at from the beginning, as `STEP:n`, or `none`
    static MintProcess begin(TestMint place, FastClock clock, String armed) {
        return begin(image(), place, clock, armed);
    }

    private static MintProcess begin(
            ChildImage classes, TestMint place, FastClock clock, String armed) {
        List<String> arguments = place.settings(SETTINGS);
        arguments.addAll(0, List.of(clock.text(), armed));
        return new MintProcess(ChildJvm.start(classes, CrashingMint.class, arguments));
    }

    /// Starts one and waits until it answers.
    static MintProcess start(TestMint place, FastClock clock) {
        MintProcess started = begin(place, clock, "none");
        started.awaitReady();
        return started;
    }

    /// The classes, packed once; the first process, on a database of its own, leaves the archive
    /// that makes the others start fast.
    private static ChildImage image() {
        LOCK.lock();
        try {
            if (image.isEmpty()) {
                ChildImage packed = ChildImage.pack(MintProcess.class, Path.of("target", "crash"));
                try (MintProcess first =
                        begin(packed, TestMint.fresh(), FastClock.fromNow(1), "none")) {
                    first.awaitReady();
                    first.rehearse();
                }
                image = Optional.of(packed);
            }
            return image.get();
        } finally {
            LOCK.unlock();
        }
    }

    /// Does a little of everything, so that the archive holds all classes that takes.
    private void rehearse() {
        TestWallet wallet = new TestWallet(url, CurrencyUnit.SAT);
        List<Proof> proofs = wallet.swap(wallet.mint(127), Amounts.split(126));
        String quote = wallet.meltQuote(Script.PAID.invoice(Msat.ofSat(9))).path("quote").asText();
        List<OutputData> blanks = wallet.outputs(Collections.nCopies(8, 1L));
        if (!wallet.melt(quote, proofs, blanks).ok().path("state").asText().equals("PAID")
                || !wallet.states(proofs).contains("SPENT")) {
            throw new AssertionError("the rehearsal failed");
        }
    }

    /// Waits until it answers.
    void awaitReady() {
        String line =
                await("ready ", READY_MAX)
                        .orElseThrow(() -> new AssertionError("no mint: " + child.log()));
        url = line.substring("ready ".length());
    }

    /// Its address.
    String url() {
        return url;
    }

    /// Chooses the step at which it will halt.
    void arm(Step step, int times) {
        child.send(step + ":" + times);
        if (await("armed", READY_MAX).isEmpty()) {
            throw new AssertionError("no mint: " + child.log());
        }
    }

    /// Waits for it to halt where it was told to.
    ///
    /// @return false when it did not in time
    boolean awaitHalt(Duration within) {
        return halted || await("halt ", within).isPresent();
    }

    private Optional<String> await(String start, Duration within) {
        long deadline = System.nanoTime() + within.toNanos();
        while (true) {
            Optional<String> line = child.nextLine(Duration.ofNanos(deadline - System.nanoTime()));
            halted |= line.filter(text -> text.startsWith("halt ")).isPresent();
            if (line.isEmpty() || line.get().startsWith(start)) {
                return line;
            }
            if (line.get().startsWith("step ")) {
                REACHED.add(Step.valueOf(line.get().substring("step ".length())));
            }
        }
    }

    /// Kills it on the spot.
    void kill() {
        child.kill();
        var _ = await("(nothing)", Duration.ZERO);
    }

    /// Whether it still runs.
    boolean isAlive() {
        return child.isAlive();
    }

    /// The end of its log.
    String log() {
        return child.log();
    }

    @Override
    public void close() {
        child.close();
        var _ = await("(nothing)", Duration.ZERO);
    }
}
