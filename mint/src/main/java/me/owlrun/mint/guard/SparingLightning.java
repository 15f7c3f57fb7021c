package me.owlrun.mint.guard;

import me.owlrun.bolt11.Invoice;
import me.owlrun.bolt11.PaymentHash;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.limit.BoundedMap;
import me.owlrun.mint.lightning.Lightning;
import me.owlrun.mint.lightning.LightningException;
import me.owlrun.mint.lightning.PaymentOutcome;
import me.owlrun.money.Msat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// A Lightning node that is asked about one unpaid invoice only so often, however often wallets
/// ask, and who it is at most once a second for the first look of payments. An event of the node is
/// always followed up, so a payment it reports counts at once.
public final class SparingLightning implements Lightning {

    private static final int INVOICES_MAX = 20_000;

    private static final Duration NODE_RECENT = Duration.ofSeconds(1);

    private final Lightning node;
    private final Duration every;
    private final InstantSource clock;
    private final Map<PaymentHash, Instant> askedAt = new BoundedMap<>(INVOICES_MAX);
    private final ReentrantLock lock = new ReentrantLock();
    private volatile Optional<Recent> recent = Optional.empty();

    /// What the node said of itself, and when.
    private record Recent(NodeState state, Instant heardAt) {}

    /// @param every how long an answer *not yet* counts
    public SparingLightning(Lightning node, Duration every, InstantSource clock) {
        this.node = node;
        this.every = every;
        this.clock = clock;
    }

    @Override
    public Optional<Received> received(PaymentHash paymentHash) {
        Instant now = clock.instant();
        lock.lock();
        try {
            Instant before = askedAt.get(paymentHash);
            if (before != null && now.isBefore(before.plus(every))) {
                return Optional.empty();
            }
            askedAt.put(paymentHash, now);
        } finally {
            lock.unlock();
        }
        Optional<Received> received = answered(() -> node.received(paymentHash));
        if (received.isPresent()) {
            forget(paymentHash); // if the credit fails now, the next question must not wait
        }
        return received;
    }

    /// A node that does not answer may be away, or another one when it is back.
    private <T> T answered(Supplier<T> question) {
        try {
            return question.get();
        } catch (LightningException e) {
            recent = Optional.empty();
            throw e;
        }
    }

    private void forget(PaymentHash paymentHash) {
        lock.lock();
        try {
            askedAt.remove(paymentHash);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onReceived(Consumer<PaymentHash> listener, long afterIndex) {
        node.onReceived(
                hash -> {
                    forget(hash);
                    listener.accept(hash);
                },
                afterIndex);
    }

    @Override
    public boolean provesPayments() {
        return node.provesPayments();
    }

    @Override
    public Abilities abilities() {
        return node.abilities();
    }

    @Override
    public boolean isOnNetwork(String prefix) {
        return node.isOnNetwork(prefix);
    }

    @Override
    public NewInvoice createInvoice(Msat amount, String description, Duration expiry) {
        return answered(() -> node.createInvoice(amount, description, expiry));
    }

    @Override
    public void reserveForMint(PaymentHash paymentHash) {
        node.reserveForMint(paymentHash);
    }

    @Override
    public Msat feeReserve(Invoice invoice, Msat amount, CurrencyUnit unit) {
        return node.feeReserve(invoice, amount, unit);
    }

    @Override
    public PaymentOutcome pay(OutgoingPayment payment) {
        PaymentOutcome outcome = node.pay(payment);
        if (outcome instanceof PaymentOutcome.Unknown) {
            recent = Optional.empty();
        }
        return outcome;
    }

    @Override
    public PaymentOutcome look(OutgoingPayment payment) {
        return node.look(payment);
    }

    @Override
    public NodeState node() {
        recent = Optional.empty();
        Instant now = clock.instant();
        NodeState state = node.node();
        recent = Optional.of(new Recent(state, now));
        return state;
    }

    @Override
    public NodeState recentNode() {
        Instant now = clock.instant();
        return recent.filter(known -> known.state().ready())
                .filter(known -> now.isBefore(known.heardAt().plus(NODE_RECENT)))
                .map(Recent::state)
                .orElseGet(this::node);
    }

    @Override
    public void close() {
        node.close();
    }
}
