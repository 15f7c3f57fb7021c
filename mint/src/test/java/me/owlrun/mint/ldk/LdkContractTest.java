package me.owlrun.mint.ldk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.bolt11.Invoice;
import me.owlrun.bolt11.InvoiceReader;
import me.owlrun.bolt11.PaymentHash;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.mint.lightning.Incoming;
import me.owlrun.mint.lightning.Lightning;
import me.owlrun.mint.lightning.Lightning.OutgoingPayment;
import me.owlrun.mint.lightning.LightningContract;
import me.owlrun.mint.lightning.PaymentOutcome;
import me.owlrun.mint.lightning.Scene;
import me.owlrun.mint.lightning.lnd.LndLightning;
import me.owlrun.mint.lightning.node.Chain;
import me.owlrun.mint.lightning.node.FeeRules;
import me.owlrun.mint.lightning.node.NodeSetup;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// The contract of all backends, played by the LND client on real payments between LDK nodes.
final class LdkContractTest extends LightningContract {

    private static final String SEND = "/v2/router/send";
    private static final Duration PAY_MAX = Duration.ofSeconds(4);
    private static final Duration HEARD_WITHIN = Duration.ofSeconds(10);
    private static final Instant FAR_OFF = Instant.parse("2099-01-01T00:00:00Z");

    private static final Set<Scene> HELD =
            EnumSet.of(Scene.HANGS, Scene.IN_TRANSITION, Scene.LOOK_PENDING);

    private final LdkPair pair = LdkPair.shared();

    @Override
    protected Set<Scene> scenes() {
        return EnumSet.of(
                Scene.PAYS,
                Scene.PAYS_AMOUNTLESS,
                Scene.FAILS,
                Scene.DECLINES,
                Scene.HANGS,
                Scene.ALREADY_PAID,
                Scene.IN_TRANSITION,
                Scene.CUT_BEFORE_ANSWER,
                Scene.NO_ANSWER,
                Scene.LOCKED_OUT,
                Scene.OTHER_NETWORK,
                Scene.LOOK_PAID,
                Scene.LOOK_PENDING,
                Scene.LOOK_FAILED,
                Scene.LOOK_FAILED_BEFORE,
                Scene.LOOK_NOT_FOUND);
    }

    @Override
    protected Set<Incoming> incoming() {
        return EnumSet.of(Incoming.UNPAID, Incoming.PAID, Incoming.NOT_THERE);
    }

    @Override
    protected Msat fee(Scene scene) {
        return scene == Scene.PAYS ? new Msat(LdkPair.feeMsat(ASKED)) : Msat.ZERO;
    }

    private static LndLightning client(LndFront front, String macaroonHex) {
        try {
            Path folder = Files.createTempDirectory("ldk-contract");
            Path macaroon = folder.resolve("macaroon");
            Files.write(macaroon, HexFormat.of().parseHex(macaroonHex));
            Optional<Path> certificate = Optional.empty();
            if (front.address().getScheme().equals("https")) {
                Path pem = folder.resolve("tls.cert");
                Files.writeString(pem, front.certificatePem());
                certificate = Optional.of(pem);
            }
            return new LndLightning(
                    new NodeSetup(
                            front.address(),
                            certificate,
                            macaroon,
                            Chain.MAIN,
                            new FeeRules(5),
                            false,
                            PAY_MAX,
                            new SecureRandom(),
                            Clock.systemUTC()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static OutgoingPayment payment(UUID attempt, String request) {
        Invoice invoice = InvoiceReader.read(request).orElseThrow();
        return new OutgoingPayment(attempt, invoice, ASKED, Msat.ofSat(20), CurrencyUnit.SAT);
    }

    private String request(Scene scene) {
        return switch (scene) {
            case PAYS -> pair.farInvoice(ASKED, "far", Reception.CLAIM);
            case PAYS_AMOUNTLESS -> pair.worldInvoiceWithoutAmount("tips", Reception.CLAIM);
            case FAILS, LOOK_FAILED, LOOK_FAILED_BEFORE -> pair.unreachableInvoice(ASKED, "");
            case DECLINES -> pair.expiredInvoice(ASKED, "yesterday");
            case HANGS, IN_TRANSITION, LOOK_PENDING -> // as in HELD
                    pair.worldInvoice(ASKED, "held", Reception.HOLD);
            default -> pair.worldInvoice(ASKED, "taken", Reception.CLAIM);
        };
    }

    @Override
    protected Stage stage(Scene scene) {
        LndFront front = scene == Scene.PAYS ? LndFront.startTls(pair) : LndFront.start(pair);
        String macaroon = scene == Scene.LOCKED_OUT ? "00" : front.macaroonHex();
        LndLightning lightning = client(front, macaroon);
        UUID attempt =
                scene == Scene.LOOK_FAILED_BEFORE
                        ? new UUID((FAR_OFF.toEpochMilli() << 16) | 0x7000, Long.MIN_VALUE)
                        : UUID.randomUUID();
        OutgoingPayment payment = payment(attempt, request(scene));
        if (scene == Scene.OTHER_NETWORK) {
            payment = onTestnet(payment);
        }
        Runnable release = prepare(scene, front, lightning, payment);
        PaymentHash hash = payment.invoice().paymentHash();
        boolean held = HELD.contains(scene);
        return new Stage(
                lightning,
                payment,
                () -> {
                    release.run();
                    if (held) {
                        pair.settle(hash);
                    }
                    lightning.close();
                    front.close();
                });
    }

    /// What happened before the call of the scene.
    private static Runnable prepare(
            Scene scene, LndFront front, LndLightning lightning, OutgoingPayment payment) {
        switch (scene) {
            case CUT_BEFORE_ANSWER -> front.cutNext(SEND);
            case NO_ANSWER -> {
                return front.delayNext(SEND);
            }
            case ALREADY_PAID, LOOK_PAID ->
                    assertInstanceOf(PaymentOutcome.Paid.class, lightning.pay(payment));
            case IN_TRANSITION, LOOK_PENDING ->
                    assertInstanceOf(PaymentOutcome.Pending.class, lightning.pay(payment));
            case LOOK_FAILED, LOOK_FAILED_BEFORE ->
                    assertInstanceOf(PaymentOutcome.Failed.class, lightning.pay(payment));
            default -> {
                // Nothing.
            }
        }
        return () -> {};
    }

    private static OutgoingPayment onTestnet(OutgoingPayment payment) {
        Invoice invoice = payment.invoice();
        Invoice other =
                new Invoice(
                        invoice.text(),
                        "tb",
                        invoice.amount(),
                        invoice.paymentHash(),
                        invoice.description(),
                        invoice.descriptionHashHex(),
                        invoice.timestamp(),
                        invoice.expiry(),
                        invoice.finalCltvBlocks(),
                        invoice.payee());
        return new OutgoingPayment(
                payment.attemptId(), other, ASKED, payment.feeLimit(), payment.unit());
    }

    @Override
    protected Till till(Incoming incoming) {
        LndFront front = LndFront.start(pair);
        LndLightning lightning = client(front, front.macaroonHex());
        PaymentHash hash = PaymentHash.ofPreimage(LdkKit.bytes(new SecureRandom()));
        if (incoming != Incoming.NOT_THERE) {
            Lightning.NewInvoice made =
                    lightning.createInvoice(ASKED, DESCRIPTION, Duration.ofHours(1));
            hash = made.paymentHash();
            if (incoming == Incoming.PAID) {
                assertTrue(pair.worldPays(made.request()).ended());
            }
        }
        return new Till(
                lightning,
                hash,
                () -> {
                    lightning.close();
                    front.close();
                });
    }

    @Override
    protected Till fresh() {
        return till(Incoming.NOT_THERE);
    }

    @Test
    void onReceived_realPayment_isAnnounced() throws InterruptedException {
        Till till = till(Incoming.NOT_THERE);
        try {
            BlockingQueue<PaymentHash> heard = new LinkedBlockingQueue<>();
            Lightning lightning = till.lightning();
            String first = lightning.createInvoice(ASKED, "one", Duration.ofHours(1)).request();
            assertTrue(pair.worldPays(first).ended());
            PaymentHash known = InvoiceReader.read(first).orElseThrow().paymentHash();
            lightning.onReceived(heard::add, lightning.received(known).orElseThrow().index());
            Lightning.NewInvoice second =
                    lightning.createInvoice(ASKED, "two", Duration.ofHours(1));
            assertTrue(pair.worldPays(second.request()).ended());
            assertEquals(
                    second.paymentHash(), heard.poll(HEARD_WITHIN.toSeconds(), TimeUnit.SECONDS));
        } finally {
            till.ended().run();
        }
    }

    @Test
    void feeReserve_coversTheRealFee() {
        Stage stage = stage(Scene.PAYS);
        try {
            Msat reserve =
                    stage.lightning()
                            .feeReserve(stage.payment().invoice(), ASKED, CurrencyUnit.SAT);
            assertTrue(reserve.value() >= LdkPair.feeMsat(ASKED));
        } finally {
            stage.ended().run();
        }
    }

    @Test
    void node_tellsItsKeyAndHalfTheChannel() {
        Till till = till(Incoming.NOT_THERE);
        try {
            assertEquals(66, till.lightning().node().id().length());
            assertTrue(till.lightning().node().spendable().isPositive());
        } finally {
            till.ended().run();
        }
    }
}
