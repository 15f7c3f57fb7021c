package me.owlrun.mint.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.bolt11.Invoice;
import me.owlrun.bolt11.InvoiceReader;
import me.owlrun.bolt11.PaymentHash;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.mint.lightning.Lightning;
import me.owlrun.mint.lightning.LightningException;
import me.owlrun.mint.lightning.PaymentOutcome;
import me.owlrun.mint.testing.TestClock;
import me.owlrun.mint.testing.TestInvoices;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/// What is kept away from the node, and what never is.
final class SparingLightningTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final TestClock clock = new TestClock(Instant.parse("2026-11-21T12:00:00Z"));
    private final CountingNode node = new CountingNode();
    private final SparingLightning sparing = new SparingLightning(node, SECOND, clock);

    /// A node that counts how often it is asked who it is.
    private static final class CountingNode implements Lightning {

        private Optional<NodeState> state = Optional.of(new NodeState("a", Msat.ZERO, true));
        private PaymentOutcome pay = new PaymentOutcome.Pending();
        private boolean proves;
        private int asked;

        @Override
        public NodeState node() {
            asked++;
            return state.orElseThrow(() -> new LightningException("away"));
        }

        @Override
        public NodeState recentNode() {
            return node();
        }

        @Override
        public PaymentOutcome pay(OutgoingPayment payment) {
            return pay;
        }

        @Override
        public PaymentOutcome look(OutgoingPayment payment) {
            return new PaymentOutcome.NotFound();
        }

        @Override
        public Abilities abilities() {
            return new Abilities(true, false, false);
        }

        @Override
        public boolean provesPayments() {
            return proves;
        }

        @Override
        public boolean isOnNetwork(String prefix) {
            return prefix.equals("tb");
        }

        @Override
        public Msat feeReserve(Invoice invoice, Msat amount, CurrencyUnit unit) {
            return Msat.ZERO;
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
            throw new LightningException("away");
        }

        @Override
        public void close() {}
    }

    @Test
    void recentNode_isAskedOnceASecond() {
        for (int i = 0; i < 5; i++) {
            assertEquals("a", sparing.recentNode().id());
        }
        assertEquals(1, node.asked);
        clock.advance(SECOND);
        assertEquals("a", sparing.recentNode().id());
        assertEquals(2, node.asked);
    }

    @Test
    void node_isAskedEveryTime() {
        assertEquals("a", sparing.recentNode().id());
        node.state = Optional.of(new Lightning.NodeState("b", Msat.ZERO, true));
        assertEquals("b", sparing.node().id());
        assertEquals("b", sparing.recentNode().id());
        assertEquals(2, node.asked);
    }

    @Test
    void recentNode_thatIsNotReadyOrAway_isNotKept() {
        node.state = Optional.of(new Lightning.NodeState("a", Msat.ZERO, false));
        assertFalse(sparing.recentNode().ready());
        node.state = Optional.of(new Lightning.NodeState("a", Msat.ZERO, true));
        assertTrue(sparing.recentNode().ready());
        node.state = Optional.empty();
        assertThrows(LightningException.class, sparing::node);
        assertThrows(LightningException.class, sparing::recentNode);
    }

    @Test
    void recentNode_afterAPaymentWithoutAnswer_isAskedAgain() {
        assertEquals("a", sparing.recentNode().id());
        assertEquals(node.pay, sparing.pay(payment()));
        assertEquals("a", sparing.recentNode().id());
        assertEquals(1, node.asked);
        node.pay = new PaymentOutcome.Unknown("cut");
        assertEquals(node.pay, sparing.pay(payment()));
        assertEquals("a", sparing.recentNode().id());
        assertEquals(2, node.asked);
    }

    @Test
    void recentNode_afterAQuestionWithoutAnswer_isAskedAgain() {
        assertEquals("a", sparing.recentNode().id());
        assertThrows(
                LightningException.class, () -> sparing.createInvoice(Msat.ofSat(1), "", SECOND));
        assertEquals("a", sparing.recentNode().id());
        assertEquals(2, node.asked);
    }

    @Test
    void whatTheNodeIs_isToldOn() {
        assertFalse(sparing.provesPayments(), "play money has no proof");
        node.proves = true;
        assertTrue(sparing.provesPayments());
        assertTrue(sparing.isOnNetwork("tb"));
        assertFalse(sparing.isOnNetwork("bc"));
        assertEquals(node.abilities(), sparing.abilities());
    }

    private static Lightning.OutgoingPayment payment() {
        Invoice invoice = InvoiceReader.read(TestInvoices.of(Msat.ofSat(1), "")).orElseThrow();
        return new Lightning.OutgoingPayment(
                UUID.randomUUID(), invoice, Msat.ofSat(1), Msat.ZERO, CurrencyUnit.SAT);
    }
}
