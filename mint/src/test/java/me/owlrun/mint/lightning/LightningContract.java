package me.owlrun.mint.lightning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import me.owlrun.bolt11.Invoice;
import me.owlrun.bolt11.InvoiceReader;
import me.owlrun.bolt11.PaymentHash;
import me.owlrun.mint.lightning.Lightning.NewInvoice;
import me.owlrun.mint.lightning.Lightning.OutgoingPayment;
import me.owlrun.mint.lightning.Lightning.Received;
import me.owlrun.mint.lightning.PaymentOutcome.Paid;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// What every backend must do. To put another one under it, say which scenes it can play and how to
/// set each of them up.
public abstract class LightningContract {

    /// What invoices of our own ask for.
    protected static final Msat ASKED = Msat.ofSat(1_000);

    /// A description with all that breaks careless encodings.
    protected static final String DESCRIPTION = "Grüße & \"100 %\" + = ? / <b> 🦉 \\ 'x'";

    private static final Duration EXPIRY = Duration.ofHours(1);

    /// A backend set up for one scene.
    ///
    /// @param lightning the backend
    /// @param payment what is to be paid, or was
    /// @param ended checks that the node was asked as it should be, and closes all
    public record Stage(Lightning lightning, OutgoingPayment payment, Runnable ended) {}

    /// A backend with an invoice of its own.
    ///
    /// @param lightning the backend
    /// @param hash names the invoice
    /// @param ended checks that the node was asked as it should be, and closes all
    public record Till(Lightning lightning, PaymentHash hash, Runnable ended) {}

    /// The scenes that can be played.
    protected abstract Set<Scene> scenes();

    /// Sets a scene.
    protected abstract Stage stage(Scene scene);

    /// What can be made to happen to invoices.
    protected abstract Set<Incoming> incoming();

    /// Sets up an invoice of ours over [#ASKED].
    protected abstract Till till(Incoming incoming);

    /// Sets up a backend that can make one invoice over [#ASKED].
    protected abstract Till fresh();

    /// The fee that a payment costs in a scene.
    protected abstract Msat fee(Scene scene);

    @TestFactory
    Stream<DynamicTest> scenes_haveTheirOutcome() {
        return Stream.of(Scene.values())
                .filter(scenes()::contains)
                .map(scene -> dynamicTest(scene.name(), () -> play(scene)));
    }

    private void play(Scene scene) {
        Stage stage = stage(scene);
        try {
            PaymentOutcome outcome =
                    switch (scene.call()) {
                        case PAY -> stage.lightning().pay(stage.payment());
                        case LOOK -> stage.lightning().look(stage.payment());
                    };
            assertEquals(scene.say(), Scene.Say.of(outcome), outcome::toString);
            if (outcome instanceof Paid paid) {
                assertEquals(fee(scene), paid.fee());
                assertProof(stage.payment(), paid);
            }
        } finally {
            stage.ended().run();
        }
    }

    /// A backend that moves no money has no proof to show.
    protected void assertProof(OutgoingPayment payment, Paid paid) {
        byte[] preimage = HexFormat.of().parseHex(paid.preimageHex());
        assertEquals(payment.invoice().paymentHash(), PaymentHash.ofPreimage(preimage));
    }

    @TestFactory
    Stream<DynamicTest> invoices_tellWhatTheyReceived() {
        return Stream.of(Incoming.values())
                .filter(incoming()::contains)
                .map(what -> dynamicTest(what.name(), () -> receive(what)));
    }

    private void receive(Incoming what) {
        Till till = till(what);
        try {
            if (what == Incoming.NO_ANSWER) {
                assertThrows(
                        LightningException.class, () -> till.lightning().received(till.hash()));
                return;
            }
            Optional<Received> received = till.lightning().received(till.hash());
            switch (what) {
                case PAID -> assertEquals(Optional.of(ASKED), received.map(Received::amount));
                case OVERPAID -> assertTrue(received.orElseThrow().amount().compareTo(ASKED) > 0);
                case UNPAID, HELD, NOT_THERE, NO_ANSWER -> assertEquals(Optional.empty(), received);
            }
        } finally {
            till.ended().run();
        }
    }

    @Test
    void createInvoice_isWhatWasAskedFor() {
        Till till = fresh();
        try {
            NewInvoice made = till.lightning().createInvoice(ASKED, DESCRIPTION, EXPIRY);
            Invoice invoice = InvoiceReader.read(made.request()).orElseThrow();
            assertEquals(Optional.of(ASKED), invoice.amount());
            assertEquals(DESCRIPTION, invoice.description());
            assertEquals(EXPIRY, invoice.expiry());
            assertEquals(made.paymentHash(), invoice.paymentHash());
            byte[] preimage = HexFormat.of().parseHex(made.preimageHex());
            assertEquals(made.paymentHash(), PaymentHash.ofPreimage(preimage));
        } finally {
            till.ended().run();
        }
    }
}
