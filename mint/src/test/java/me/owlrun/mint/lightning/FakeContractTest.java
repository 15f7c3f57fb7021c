package me.owlrun.mint.lightning;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.bolt11.Invoice;
import me.owlrun.bolt11.InvoiceReader;
import me.owlrun.bolt11.PaymentHash;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.config.Secret;
import me.owlrun.db.Database;
import me.owlrun.db.LocalPostgres;
import me.owlrun.db.Migrations;
import me.owlrun.json.Json;
import me.owlrun.mint.keys.KeysetStore;
import me.owlrun.mint.ledger.LedgerStore;
import me.owlrun.mint.lightning.PaymentOutcome.Paid;
import me.owlrun.mint.testing.TestInvoices;
import me.owlrun.mint.testing.TestPostgres;
import me.owlrun.money.Msat;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// The contract on the play-money backend, as far as it can be scripted.
final class FakeContractTest extends LightningContract {

    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    @Override
    protected Set<Scene> scenes() {
        return EnumSet.of(
                Scene.PAYS,
                Scene.PAYS_AMOUNTLESS,
                Scene.FAILS,
                Scene.DECLINES,
                Scene.HANGS,
                Scene.CUT_BEFORE_ANSWER,
                Scene.UNKNOWN_STATUS,
                Scene.LOOK_PAID,
                Scene.LOOK_PENDING,
                Scene.LOOK_FAILED,
                Scene.LOOK_NOT_FOUND,
                Scene.LOOK_UNKNOWN_STATUS,
                Scene.LOOK_ERROR);
    }

    @Override
    protected Set<Incoming> incoming() {
        return EnumSet.of(Incoming.UNPAID, Incoming.PAID, Incoming.NOT_THERE);
    }

    @Override
    protected Msat fee(Scene scene) {
        return Msat.ofSat(1);
    }

    @Override
    protected void assertProof(Lightning.OutgoingPayment payment, Paid paid) {
        assertEquals(64, paid.preimageHex().length()); // nobody has the real one
    }

    private record Opened(FakeLightning lightning, Database database) {

        void close() {
            lightning.close();
            database.close();
        }
    }

    private static Opened open() {
        LocalPostgres postgres = TestPostgres.shared();
        Database database =
                Database.open(
                        postgres.url(TestPostgres.freshName()),
                        LocalPostgres.USER,
                        new Secret(""),
                        2);
        Migrations.apply(
                database,
                List.of(
                        KeysetStore.migration(),
                        LedgerStore.migration(),
                        FakeStore.migration(),
                        FakeStore.scriptMigration()));
        FakeLightning.Rules rules = new FakeLightning.Rules(Duration.ZERO, 1, 1, "fake");
        return new Opened(
                new FakeLightning(new FakeStore(database), rules, () -> NOW, new SecureRandom()),
                database);
    }

    @Override
    protected Stage stage(Scene scene) {
        Opened opened = open();
        ObjectNode script = Json.object();
        switch (scene) {
            case FAILS -> script.put("pay_invoice_state", "FAILED");
            case DECLINES -> script.put("pay_invoice_state", "UNPAID");
            case HANGS -> script.put("pay_invoice_state", "PENDING");
            case CUT_BEFORE_ANSWER -> script.put("pay_err", true);
            case UNKNOWN_STATUS -> script.put("pay_invoice_state", "UNKNOWN");
            case LOOK_PENDING -> script.put("check_payment_state", "PENDING");
            case LOOK_FAILED -> script.put("check_payment_state", "FAILED");
            case LOOK_UNKNOWN_STATUS -> script.put("check_payment_state", "UNKNOWN");
            case LOOK_ERROR -> script.put("check_err", true);
            default -> script.put("plain", true);
        }
        Lightning.OutgoingPayment payment = payment(scene, Json.text(script));
        if (scene.call() == Scene.Call.LOOK && scene != Scene.LOOK_NOT_FOUND) {
            assertEquals(Scene.Say.PAID, Scene.Say.of(opened.lightning().pay(payment)));
        }
        return new Stage(opened.lightning(), payment, opened::close);
    }

    private static Lightning.OutgoingPayment payment(Scene scene, String description) {
        Invoice invoice = InvoiceReader.read(TestInvoices.of(ASKED, description)).orElseThrow();
        if (scene == Scene.PAYS_AMOUNTLESS) {
            invoice =
                    new Invoice(
                            invoice.text(),
                            invoice.network(),
                            Optional.empty(),
                            invoice.paymentHash(),
                            invoice.description(),
                            invoice.descriptionHashHex(),
                            invoice.timestamp(),
                            invoice.expiry(),
                            invoice.finalCltvBlocks(),
                            invoice.payee());
        }
        return new Lightning.OutgoingPayment(
                UUID.randomUUID(), invoice, ASKED, Msat.ofSat(20), CurrencyUnit.SAT);
    }

    @Override
    protected Till till(Incoming incoming) {
        Opened opened = open();
        PaymentHash hash =
                switch (incoming) {
                    case NOT_THERE -> PaymentHash.ofPreimage(new byte[32]);
                    case UNPAID -> made(opened, "{\"pay_delay_ms\":-1}");
                    case PAID, OVERPAID, HELD, NO_ANSWER -> made(opened, "");
                };
        return new Till(opened.lightning(), hash, opened::close);
    }

    private static PaymentHash made(Opened opened, String description) {
        return opened.lightning()
                .createInvoice(ASKED, description, Duration.ofHours(1))
                .paymentHash();
    }

    @Override
    protected Till fresh() {
        Opened opened = open();
        return new Till(opened.lightning(), PaymentHash.ofPreimage(new byte[32]), opened::close);
    }
}
