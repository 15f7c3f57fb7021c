package me.owlrun.mint.quote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.bolt11.Invoice;
import me.owlrun.bolt11.InvoiceReader;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Proof;
import me.owlrun.config.Secret;
import me.owlrun.db.Database;
import me.owlrun.db.LocalPostgres;
import me.owlrun.mint.Mint;
import me.owlrun.mint.ledger.Ids;
import me.owlrun.mint.ledger.RequestHash;
import me.owlrun.mint.lightning.FakeLightning;
import me.owlrun.mint.lightning.FakeStore;
import me.owlrun.mint.lightning.Lightning.OutgoingPayment;
import me.owlrun.mint.lightning.PaymentOutcome;
import me.owlrun.mint.step.Steps;
import me.owlrun.mint.testing.Audit;
import me.owlrun.mint.testing.TestClock;
import me.owlrun.mint.testing.TestInvoices;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.mint.testing.TestWallet;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/// The mint dies in the middle of a payment, at each step; another one picks it up.
final class RecoveryTest {

    private static final Duration SETTLED_WITHIN = Duration.ofSeconds(20);
    private static final Duration LEASE = Duration.ofSeconds(60);

    private final TestMint place = TestMint.fresh();
    private final TestClock clock = new TestClock(Instant.parse("2026-11-21T12:00:00Z"));
    private final SecureRandom random = new SecureRandom();
    private final Ids ids = new Ids(clock, random);

    private Database database;
    private List<Proof> inputs;
    private List<OutputData> blanks;
    private String quoteId;
    private MeltAttempt attempt;
    private Invoice invoice;

    /// A mint takes up a payment of 40 sat with inputs of 64 and dies right after it wrote so.
    @BeforeEach
    void beginAndDie() {
        try (Mint mint = place.start(clock, "--fake.pay_delay=0")) {
            TestWallet wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
            inputs = wallet.mint(64);
            blanks = wallet.outputs(Collections.nCopies(5, 1L));
            String request = TestInvoices.of(Msat.ofSat(40), "");
            invoice = InvoiceReader.read(request).orElseThrow();
            quoteId = wallet.meltQuote(request).path("quote").textValue();
        }
        database = Database.open(place.url(), LocalPostgres.USER, new Secret(""), 2);
        UUID quote = UUID.fromString(quoteId);
        var messages = blanks.stream().map(OutputData::blindedMessage).toList();
        RequestHash hash = RequestHash.ofMelt(quote, inputs, messages);
        Instant now = clock.instant();
        MeltAttempt.Evidence nothing = MeltAttempt.Evidence.fresh(now);
        attempt = new MeltAttempt(ids.next(), quote, hash, 64, 0, ids.next(), 0, nothing);
        assertEquals(
                Optional.empty(),
                new MeltAttemptStore(database, Steps.UNWATCHED)
                        .begin(
                                attempt,
                                invoice.paymentHash(),
                                inputs,
                                messages,
                                now,
                                now.plus(LEASE)));
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void restart_beforeLightningHeardOfIt_paysOnce() {
        try (Mint mint = place.start(clock);
                Mint other = place.start(clock)) {
            TestWallet wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
            assertEquals("PENDING", quote(wallet).path("state").textValue());
            assertEquals(List.of("PENDING"), wallet.states(inputs));
            clock.advance(LEASE.plusSeconds(1));
            JsonNode paid = awaitPaid(wallet);
            assertEquals(64 - 41, change(paid));
            assertEquals(paid, quote(new TestWallet(other.url(), CurrencyUnit.SAT)));
            assertEquals(paid, wallet.melt(quoteId, inputs, blanks).ok());
        }
        assertEquals(1, Audit.number(place, "SELECT count(*) FROM fake_payment"));
        Audit.check(place, CurrencyUnit.SAT, 64 - 41);
    }

    @Test
    void restart_afterLightningPaid_finishesWithoutPayingAgain() {
        assertInstanceOf(PaymentOutcome.Paid.class, payAsTheDeadMintDid());
        try (Mint mint = place.start(clock)) {
            TestWallet wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
            clock.advance(LEASE.plusSeconds(1));
            assertEquals(64 - 41, change(awaitPaid(wallet)));
            assertEquals(List.of("SPENT"), wallet.states(inputs));
        }
        assertEquals(1, Audit.number(place, "SELECT count(*) FROM fake_payment"));
        Audit.check(place, CurrencyUnit.SAT, 64 - 41);
    }

    @Test
    void restart_leaseStillRunning_leavesThePaymentAlone() {
        try (Mint mint = place.start(clock)) {
            TestWallet wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
            clock.advance(LEASE.minusSeconds(1));
            assertEquals("PENDING", quote(wallet).path("state").textValue());
            assertEquals(20005, wallet.melt(quoteId, inputs, List.of()).code());
        }
        assertEquals(0, Audit.number(place, "SELECT count(*) FROM fake_payment"));
        assertEquals(0, Audit.number(place, "SELECT max(checks) FROM melt_attempt"));
        Audit.check(place, CurrencyUnit.SAT, 64);
    }

    @Test
    void end_byAHolderWhoLostTheLease_changesNothing() {
        MeltAttemptStore attempts = new MeltAttemptStore(database, Steps.UNWATCHED);
        LeaseStore leases = new LeaseStore(database);
        Instant later = clock.instant().plus(LEASE).plusSeconds(1);
        MeltAttempt taken = leases.claimOverdue(ids.next(), later, later.plus(LEASE)).orElseThrow();
        assertEquals(attempt.id(), taken.id());
        assertEquals(1, taken.checks());
        assertEquals(Optional.empty(), leases.claimOverdue(ids.next(), later, later.plus(LEASE)));
        assertFalse(leases.send(attempt, "fake", later, later.plus(LEASE)));
        assertFalse(leases.saw(attempt, Optional.empty(), Sight.FAILED, later, later.plus(LEASE)));
        assertFalse(attempts.release(attempt, later));
        Audit.check(place, CurrencyUnit.SAT, 64);
        assertTrue(attempts.release(taken, later));
        assertFalse(attempts.release(taken, later));
        assertEquals(0, Audit.number(place, "SELECT count(*) FROM proof"));
        Audit.check(place, CurrencyUnit.SAT, 64);
    }

    private PaymentOutcome payAsTheDeadMintDid() {
        FakeLightning.Rules rules = new FakeLightning.Rules(Duration.ZERO, 1, 1, "fake");
        try (FakeLightning lightning =
                new FakeLightning(new FakeStore(database), rules, clock, random)) {
            Msat amount = invoice.amount().orElseThrow();
            return lightning.pay(
                    new OutgoingPayment(
                            attempt.id(), invoice, amount, Msat.ofSat(1), CurrencyUnit.SAT));
        }
    }

    private JsonNode quote(TestWallet wallet) {
        return wallet.get("/v1/melt/quote/bolt11/" + quoteId).ok();
    }

    private JsonNode awaitPaid(TestWallet wallet) {
        long deadline = System.nanoTime() + SETTLED_WITHIN.toNanos();
        while (!quote(wallet).path("state").textValue().equals("PAID")) {
            assertTrue(System.nanoTime() < deadline, "the payment stays pending");
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
        return quote(wallet);
    }

    private static long change(JsonNode paid) {
        return paid.path("change")
                .valueStream()
                .mapToLong(signature -> signature.path("amount").longValue())
                .sum();
    }
}
