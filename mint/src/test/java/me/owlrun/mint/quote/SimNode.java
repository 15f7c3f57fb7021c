package me.owlrun.mint.quote;

import me.owlrun.bolt11.Invoice;
import me.owlrun.bolt11.InvoiceReader;
import me.owlrun.bolt11.InvoiceWriter;
import me.owlrun.bolt11.PaymentHash;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Scalar;
import me.owlrun.mint.lightning.Lightning;
import me.owlrun.mint.lightning.LightningException;
import me.owlrun.mint.lightning.PaymentOutcome;
import me.owlrun.mint.testing.TestClock;
import me.owlrun.money.Msat;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// A Lightning node on a virtual clock that keeps a real node's promises (one payment per hash,
/// what it calls failed after a while stays failed) and lies in every way a real node may: lost
/// requests and answers, answers that come after the lease, failures that are stale, payments it
/// does not find for a moment, wrong preimages, another node in its place.
final class SimNode implements Lightning {

    /// A false *failed* may last this long; the mint confirms failures after a longer time. A false
    /// *not found* may last much longer, as long as the invoice can be paid.
    private static final Duration LIE_MAX = Duration.ofSeconds(4);

    private static final Scalar KEY = Scalar.random(new SecureRandom());

    private final TestClock clock;
    private final RandomGenerator random;
    private final Map<String, Truth> truths = new HashMap<>();
    private final Map<PaymentHash, String> preimages = new HashMap<>();

    /// What happens while an answer is late: the clock passes the lease, others act.
    Runnable meanwhile = () -> {};

    boolean isFaulty = true;
    boolean maySwap = true;
    private String id = "node-1";

    SimNode(TestClock clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    /// What really is.
    static final class Truth {
        boolean isInFlight;
        boolean isPaid;
        boolean willBePaid;
        int timesPaid;
        Msat fee = Msat.ZERO;
        Instant settlesAt = Instant.MIN;
        Instant failedLieUntil = Instant.MIN;
        Instant notFoundLieUntil = Instant.MIN;

        void settle(Instant now) {
            if (isInFlight && !now.isBefore(settlesAt)) {
                isInFlight = false;
                isPaid = willBePaid;
                timesPaid += willBePaid ? 1 : 0;
            }
        }
    }

    /// The truth of both nodes together.
    Truth truth(PaymentHash hash) {
        Truth all = new Truth();
        for (String node : List.of("node-1", "node-2")) {
            Truth truth = truths.get(node + hash);
            if (truth != null) {
                truth.settle(clock.instant());
                all.isPaid |= truth.isPaid;
                all.isInFlight |= truth.isInFlight;
                all.timesPaid += truth.timesPaid;
                all.fee = truth.isPaid ? truth.fee : all.fee;
            }
        }
        return all;
    }

    /// The operator puts the other node into its place.
    void swap() {
        id = id.equals("node-1") ? "node-2" : "node-1";
    }

    Invoice invoice(Msat amount, Duration expiry) {
        byte[] preimage = new byte[32];
        random.nextBytes(preimage);
        PaymentHash hash = PaymentHash.ofPreimage(preimage);
        String hex = HexFormat.of().formatHex(preimage);
        preimages.put(hash, hex);
        return InvoiceReader.read(
                        InvoiceWriter.write(
                                new InvoiceWriter.Draft(
                                        "bc", amount, hash, hex, "", clock.instant(), expiry),
                                KEY))
                .orElseThrow();
    }

    String preimageHex(PaymentHash hash) {
        return preimages.getOrDefault(hash, "");
    }

    private boolean chance(int perCent) {
        return isFaulty && random.nextInt(100) < perCent;
    }

    @Override
    public PaymentOutcome pay(OutgoingPayment payment) {
        if (chance(10)) {
            return new PaymentOutcome.Unknown("the request was lost");
        }
        if (chance(10)) {
            clock.advance(Duration.ofSeconds(random.nextInt(1, 30)));
        }
        PaymentOutcome answer = execute(payment);
        if (chance(10)) {
            meanwhile.run();
        }
        return chance(15) ? new PaymentOutcome.Unknown("the answer was lost") : answer;
    }

    private PaymentOutcome execute(OutgoingPayment payment) {
        PaymentHash hash = payment.invoice().paymentHash();
        Instant now = clock.instant();
        if (now.isAfter(payment.invoice().expiresAt())) {
            return new PaymentOutcome.Failed("the invoice is expired");
        }
        Truth truth = truths.computeIfAbsent(id + hash, h -> new Truth());
        truth.settle(now);
        if (truth.isPaid || truth.isInFlight) {
            return new PaymentOutcome.Unknown("it exists already");
        }
        truth.isInFlight = true;
        truth.willBePaid = random.nextInt(100) < 65;
        truth.fee = fee(payment);
        boolean takesTime = isFaulty && random.nextInt(100) < 50;
        truth.settlesAt = takesTime ? now.plusSeconds(random.nextInt(1, 1_200)) : now;
        truth.failedLieUntil = chance(20) ? now.plus(LIE_MAX) : Instant.MIN;
        return state(payment);
    }

    private Msat fee(OutgoingPayment payment) {
        boolean ignoresTheLimit = chance(2);
        long most = payment.feeLimit().value();
        return Msat.of(ignoresTheLimit ? most + 2_500 : random.nextLong(most + 1));
    }

    private PaymentOutcome state(OutgoingPayment payment) {
        PaymentHash hash = payment.invoice().paymentHash();
        Truth truth = truths.get(id + hash);
        if (truth == null) {
            return new PaymentOutcome.NotFound();
        }
        truth.settle(clock.instant());
        if (truth.isPaid) {
            return new PaymentOutcome.Paid(preimageHex(hash), truth.fee);
        }
        return truth.isInFlight
                ? new PaymentOutcome.Pending()
                : new PaymentOutcome.Failed("no route");
    }

    @Override
    public PaymentOutcome look(OutgoingPayment payment) {
        if (chance(10)) {
            return new PaymentOutcome.Unknown("no answer");
        }
        Instant now = clock.instant();
        Truth truth = truths.get(id + payment.invoice().paymentHash());
        if (truth != null && now.isBefore(truth.failedLieUntil)) {
            return new PaymentOutcome.Failed("of an earlier time");
        }
        if (truth != null && chance(5)) {
            boolean payable = now.isBefore(payment.invoice().expiresAt());
            truth.notFoundLieUntil =
                    payable ? now.plusSeconds(random.nextInt(1_200)) : now.plus(LIE_MAX);
        }
        if (truth != null && now.isBefore(truth.notFoundLieUntil)) {
            return new PaymentOutcome.NotFound();
        }
        PaymentOutcome state = state(payment);
        return state instanceof PaymentOutcome.Paid(var _, Msat fee) && chance(5)
                ? new PaymentOutcome.Paid("00".repeat(32), fee)
                : state;
    }

    @Override
    public NodeState node() {
        if (chance(3)) {
            throw new LightningException("no answer");
        }
        if (maySwap && chance(3)) {
            swap();
        }
        return new NodeState(id, Msat.ofSat(1_000_000), !chance(3));
    }

    @Override
    public boolean provesPayments() {
        return true;
    }

    @Override
    public Abilities abilities() {
        return new Abilities(true, true, true);
    }

    @Override
    public boolean isOnNetwork(String prefix) {
        return true;
    }

    @Override
    public NodeState recentNode() {
        return node();
    }

    @Override
    public Msat feeReserve(Invoice invoice, Msat amount, CurrencyUnit unit) {
        return Msat.ofSat(1);
    }

    @Override
    public Optional<Received> received(PaymentHash paymentHash) {
        return Optional.empty();
    }

    @Override
    public void reserveForMint(PaymentHash paymentHash) {}

    @Override
    public void onReceived(Consumer<PaymentHash> listener, long afterIndex) {}

    @Override
    public NewInvoice createInvoice(Msat amount, String description, Duration expiry) {
        throw new UnsupportedOperationException("this node only pays");
    }

    @Override
    public void close() {}
}
