package me.owlrun.mint.lightning;

import me.owlrun.bolt11.Invoice;
import me.owlrun.bolt11.InvoiceWriter;
import me.owlrun.bolt11.PaymentHash;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Scalar;
import me.owlrun.mint.lightning.FakeStore.Payment;
import me.owlrun.mint.lightning.PaymentOutcome.Failed;
import me.owlrun.mint.lightning.PaymentOutcome.NotFound;
import me.owlrun.mint.lightning.PaymentOutcome.Paid;
import me.owlrun.mint.lightning.PaymentOutcome.Pending;
import me.owlrun.mint.lightning.PaymentOutcome.Unknown;
import me.owlrun.money.Msat;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The play-money backend: its invoices are valid and pay themselves after a while, and it claims
/// to have paid every foreign invoice, at a fee of one step of the unit. Nothing real ever moves.
/// Descriptions can script it ([FakeScript]). All its memory is in the database, and whether an
/// invoice is paid follows from the clock, so restarts and several processes agree.
public final class FakeLightning implements Lightning {

    private static final Logger LOG = System.getLogger(FakeLightning.class.getName());

    /// Invoices whose payment is announced by an event; beyond it, look-ups find out.
    private static final int EVENTS_MAX = 10_000;

    private static final Duration CLOSE_WAIT_MAX = Duration.ofSeconds(10);

    private static final int SECRET_BYTES = 32;
    private static final String NETWORK = "bc";
    private static final Msat PLENTY = Msat.ofSat(2_100_000_000_000_000L);

    private final FakeStore store;
    private final Rules rules;
    private final InstantSource clock;
    private final SecureRandom random;
    private final Scalar nodeKey;
    private final ScheduledThreadPoolExecutor events =
            new ScheduledThreadPoolExecutor(1, Thread.ofVirtual().name("fake-payer").factory());

    private final CountDownLatch closing = new CountDownLatch(1);

    private volatile Consumer<PaymentHash> listener = hash -> {};

    /// How the play money behaves.
    ///
    /// @param payDelay when an own invoice is paid by itself
    /// @param feeReservePercent the fee reserve in whole per cent of the amount
    /// @param feeReserveMin the least fee reserve in steps of the unit, above zero
    /// @param nodeId what the node calls itself
    public record Rules(
            Duration payDelay, long feeReservePercent, long feeReserveMin, String nodeId) {}

    /// @param store its memory
    /// @param random makes preimages
    public FakeLightning(FakeStore store, Rules rules, InstantSource clock, SecureRandom random) {
        this.store = store;
        this.rules = rules;
        this.clock = clock;
        this.random = random;
        this.nodeKey = Scalar.random(random);
        events.setRemoveOnCancelPolicy(true);
        events.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public Abilities abilities() {
        return new Abilities(true, true, true);
    }

    /// Nobody knows the preimages of strangers' invoices.
    @Override
    public boolean provesPayments() {
        return false;
    }

    @Override
    public boolean isOnNetwork(String prefix) {
        return prefix.equals(NETWORK);
    }

    @Override
    public NodeState node() {
        return new NodeState(rules.nodeId(), PLENTY, true);
    }

    @Override
    public NodeState recentNode() {
        return node();
    }

    @Override
    public NewInvoice createInvoice(Msat amount, String description, Duration expiry) {
        byte[] preimage = randomBytes();
        String secretHex = HexFormat.of().formatHex(randomBytes());
        PaymentHash hash = PaymentHash.ofPreimage(preimage);
        Instant now = clock.instant();
        InvoiceWriter.Draft draft =
                new InvoiceWriter.Draft(NETWORK, amount, hash, secretHex, description, now, expiry);
        String request = InvoiceWriter.write(draft, nodeKey);
        Duration delay = FakeScript.of(description).payDelay().orElse(rules.payDelay());
        Optional<Instant> paysAt =
                delay.isNegative() ? Optional.empty() : Optional.of(now.plus(delay));
        store.insertInvoice(hash, amount, paysAt);
        if (paysAt.isPresent()) {
            announceLater(hash, delay);
        }
        return new NewInvoice(request, hash, HexFormat.of().formatHex(preimage));
    }

    private byte[] randomBytes() {
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        return bytes;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // announce() deals with its own failures
    private void announceLater(PaymentHash hash, Duration delay) {
        if (events.getQueue().size() >= EVENTS_MAX) {
            return;
        }
        try {
            events.schedule(() -> announce(hash), delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException _) {
            LOG.log(Level.DEBUG, "No more events: the backend is closed.");
        }
    }

    private void announce(PaymentHash hash) {
        try {
            if (received(hash).isPresent()) {
                listener.accept(hash);
            }
        } catch (RuntimeException e) { // the edge of a thread; a look-up will find the payment
            LOG.log(Level.WARNING, "A paid invoice could not be announced.", e);
        }
    }

    @Override
    public Optional<Received> received(PaymentHash paymentHash) {
        return store.received(paymentHash, clock.instant())
                .map(amount -> new Received(amount, Msat.ZERO, 0));
    }

    @Override
    public void reserveForMint(PaymentHash paymentHash) {
        store.reserve(paymentHash, clock.instant());
    }

    @Override
    public void onReceived(Consumer<PaymentHash> newListener, long afterIndex) {
        listener = newListener;
    }

    @Override
    public Msat feeReserve(Invoice invoice, Msat amount, CurrencyUnit unit) {
        long steps = unit.ceilSteps(amount);
        long percent = Math.ceilDiv(Math.multiplyExact(steps, rules.feeReservePercent()), 100L);
        return unit.toMsat(Math.max(percent, rules.feeReserveMin()));
    }

    @Override
    public PaymentOutcome pay(OutgoingPayment payment) {
        FakeScript script = FakeScript.of(payment.invoice().description());
        if (script.payThrows()) {
            return new Unknown("scripted to fail while paying");
        }
        Payment scripted =
                new Payment(
                        script.pay(),
                        script.check(),
                        script.checkThrows(),
                        clock.instant().plus(script.settleDelay()),
                        script.unsettled(),
                        script.fee().orElse(payment.unit().toMsat(1)));
        Optional<Payment> paid = store.pay(payment, scripted);
        if (script.payLost() || !waited(script.payWait())) {
            return new Unknown("scripted to lose the answer");
        }
        return paid.map(kept ->
                        kept.pay() == FakeScript.State.UNPAID
                                ? new Failed("scripted not to be paid")
                                : outcome(kept.pay(), payment, kept))
                .orElseGet(() -> new Failed("the invoice is paid already"));
    }

    /// Takes its time as a node does, at most [Lightning#PAY_WAIT_MAX].
    private boolean waited(Duration wait) {
        if (wait.isZero()) {
            return true;
        }
        Duration bounded = wait.compareTo(PAY_WAIT_MAX) < 0 ? wait : PAY_WAIT_MAX;
        try {
            return !closing.await(bounded.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public PaymentOutcome look(OutgoingPayment payment) {
        Optional<Payment> kept = store.find(payment.attemptId());
        if (kept.isEmpty()) {
            return new NotFound();
        }
        Payment found = kept.get();
        if (found.checkThrows()) {
            return new Unknown("scripted to fail while looking");
        }
        boolean settled = !clock.instant().isBefore(found.settlesAt());
        return outcome(settled ? found.check() : found.unsettled(), payment, found);
    }

    private static PaymentOutcome outcome(
            FakeScript.State state, OutgoingPayment payment, Payment kept) {
        return switch (state) {
            case PAID -> new Paid(preimageHex(payment), kept.fee());
            case UNPAID -> new NotFound();
            case PENDING -> new Pending();
            case UNKNOWN -> new Unknown("scripted");
            case FAILED -> new Failed("scripted");
        };
    }

    /// Nobody knows the preimage of an invoice that was not really paid; this one is made up, and
    /// the same for every look-up.
    private static String preimageHex(OutgoingPayment payment) {
        return PaymentHash.ofPreimage(payment.invoice().paymentHash().bytes()).hex();
    }

    @Override
    public void close() {
        closing.countDown();
        events.shutdown(); // drops what is not due yet; an interrupt would break a connection
        try {
            if (!events.awaitTermination(CLOSE_WAIT_MAX.toSeconds(), TimeUnit.SECONDS)) {
                LOG.log(Level.WARNING, "An event is still under way; its database closes now.");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
