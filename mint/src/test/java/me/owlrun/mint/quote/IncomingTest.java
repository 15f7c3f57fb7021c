package me.owlrun.mint.quote;

import static org.junit.jupiter.api.Assertions.assertEquals;

import me.owlrun.bolt11.Invoice;
import me.owlrun.bolt11.PaymentHash;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.config.Secret;
import me.owlrun.db.Database;
import me.owlrun.db.LocalPostgres;
import me.owlrun.mint.ledger.Ids;
import me.owlrun.mint.ledger.Journal;
import me.owlrun.mint.lightning.FakeLightning;
import me.owlrun.mint.lightning.FakeStore;
import me.owlrun.mint.lightning.Lightning;
import me.owlrun.mint.lightning.PaymentOutcome;
import me.owlrun.mint.outcome.Outcome.Done;
import me.owlrun.mint.step.Steps;
import me.owlrun.mint.testing.Audit;
import me.owlrun.mint.testing.TestClock;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// What arrives is booked once, with what the backend kept and how far its stream was heard.
final class IncomingTest {

    private static final Duration EXPIRY = Duration.ofHours(1);
    private static final Msat KEPT = Msat.of(1_234);

    private final TestMint place = TestMint.fresh();
    private final TestClock clock = new TestClock(Instant.parse("2026-11-21T12:00:00Z"));
    private final SecureRandom random = new SecureRandom();
    private final AtomicLong index = new AtomicLong();

    private Database database;
    private Journal journal;
    private FakeLightning play;
    private Minting minting;

    /// Play money that numbers its settled invoices and keeps a part, as real backends do.
    private final class Numbered implements Lightning {

        private final Lightning inner;

        Numbered(Lightning inner) {
            this.inner = inner;
        }

        @Override
        public boolean provesPayments() {
            return inner.provesPayments();
        }

        @Override
        public Abilities abilities() {
            return inner.abilities();
        }

        @Override
        public boolean isOnNetwork(String prefix) {
            return inner.isOnNetwork(prefix);
        }

        @Override
        public NodeState recentNode() {
            return inner.recentNode();
        }

        @Override
        public NewInvoice createInvoice(Msat amount, String description, Duration expiry) {
            return inner.createInvoice(amount, description, expiry);
        }

        @Override
        public Optional<Received> received(PaymentHash paymentHash) {
            return inner.received(paymentHash)
                    .map(received -> new Received(received.amount(), KEPT, index.get()));
        }

        @Override
        public void reserveForMint(PaymentHash paymentHash) {
            inner.reserveForMint(paymentHash);
        }

        @Override
        public void onReceived(Consumer<PaymentHash> listener, long afterIndex) {
            inner.onReceived(listener, afterIndex);
        }

        @Override
        public Msat feeReserve(Invoice invoice, Msat amount, CurrencyUnit unit) {
            return inner.feeReserve(invoice, amount, unit);
        }

        @Override
        public PaymentOutcome pay(OutgoingPayment payment) {
            return inner.pay(payment);
        }

        @Override
        public PaymentOutcome look(OutgoingPayment payment) {
            return inner.look(payment);
        }

        @Override
        public NodeState node() {
            return inner.node();
        }

        @Override
        public void close() {
            // the test closes the inner one
        }
    }

    @BeforeEach
    void open() {
        place.start(clock).close(); // makes the tables
        database = Database.open(place.url(), LocalPostgres.USER, new Secret(""), 2);
        journal = Journal.start(database, MintQuoteStore::charge, Steps.UNWATCHED);
        play =
                new FakeLightning(
                        new FakeStore(database),
                        new FakeLightning.Rules(Duration.ZERO, 1, 1, "fake"),
                        clock,
                        random);
        minting =
                new Minting(
                        new MintQuoteStore(database, journal),
                        new Numbered(play),
                        new Ids(clock, random),
                        clock,
                        new AmountLimits(Msat.ofSat(1000), Msat.ofSat(1000)),
                        EXPIRY,
                        Steps.UNWATCHED);
    }

    @AfterEach
    void close() {
        play.close();
        journal.close();
        database.close();
    }

    @Test
    void heard_movesTheCursorAndBooksWhatWasKept() {
        assertEquals(0, minting.heardIndex());
        PaymentHash first = invoice();
        index.set(7);
        minting.onReceived(first);
        assertEquals(7, minting.heardIndex());
        minting.onReceived(first);
        index.set(9);
        minting.onReceived(invoice());
        assertEquals(9, minting.heardIndex());
        assertEquals(2 * KEPT.value(), number("SELECT sum(kept_msat) FROM incoming_payment"));
        assertEquals(42, number("SELECT sum(amount_paid) FROM mint_quote"));
    }

    @Test
    void found_leavesTheCursorUntilItIsHeard() {
        PaymentHash found = invoice();
        index.set(8);
        assertEquals(21, minting.find(found).orElseThrow().amountPaid());
        assertEquals(0, minting.heardIndex(), "payments before it may not be heard yet");
        minting.onReceived(found);
        assertEquals(8, minting.heardIndex());
        index.set(3);
        minting.onReceived(found);
        assertEquals(8, minting.heardIndex(), "never backwards");
        assertEquals(21, number("SELECT sum(amount_paid) FROM mint_quote"));
        assertEquals(KEPT.value(), number("SELECT sum(kept_msat) FROM incoming_payment"));
    }

    private PaymentHash invoice() {
        return switch (minting.request(CurrencyUnit.SAT, 21, "", Optional.empty())) {
            case Done<MintQuote>(MintQuote quote) -> quote.paymentHash();
            default -> throw new AssertionError("no quote");
        };
    }

    private long number(String sql) {
        return Audit.number(place, sql);
    }
}
