package me.owlrun.mint.quote;

import me.owlrun.bolt11.Invoice;
import me.owlrun.bolt11.PaymentHash;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.mint.lightning.Lightning;
import me.owlrun.mint.lightning.PaymentOutcome;
import me.owlrun.mint.testing.TestClock;
import me.owlrun.money.Msat;

import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/// A Lightning node that answers what a test tells it to, and knows its preimages.
final class ScriptNode implements Lightning {

    static final String ID = "node";

    private final SimNode invoices;

    String id = ID;
    boolean isReady = true;
    PaymentOutcome pay = new PaymentOutcome.Unknown("nothing scripted");
    PaymentOutcome look = new PaymentOutcome.NotFound();
    Runnable duringPay = () -> {};
    int pays;
    int looks;
    Optional<OutgoingPayment> asked = Optional.empty();

    ScriptNode(TestClock clock) {
        this.invoices = new SimNode(clock, new SplittableRandom(7));
    }

    /// An invoice that paying pays at a fee of 1 sat, unless the script says something else.
    Invoice invoice(Msat amount) {
        Invoice invoice = invoices.invoice(amount, Duration.ofDays(1));
        pay = paid(invoice, Msat.ofSat(1));
        return invoice;
    }

    PaymentOutcome paid(Invoice invoice, Msat fee) {
        return new PaymentOutcome.Paid(invoices.preimageHex(invoice.paymentHash()), fee);
    }

    @Override
    public PaymentOutcome pay(OutgoingPayment payment) {
        pays++;
        asked = Optional.of(payment);
        PaymentOutcome answer = pay;
        duringPay.run();
        return answer;
    }

    @Override
    public PaymentOutcome look(OutgoingPayment payment) {
        looks++;
        return look;
    }

    @Override
    public NodeState node() {
        return new NodeState(id, Msat.ofSat(1_000_000), isReady);
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
        return invoices.createInvoice(amount, description, expiry);
    }

    @Override
    public void close() {}
}
