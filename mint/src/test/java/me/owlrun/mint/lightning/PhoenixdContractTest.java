package me.owlrun.mint.lightning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.mint.lightning.Lightning.OutgoingPayment;
import me.owlrun.mint.lightning.Lightning.Received;
import me.owlrun.mint.lightning.node.NodeLightning;
import me.owlrun.mint.lightning.node.NodeSetup;
import me.owlrun.mint.lightning.phoenixd.PhoenixdLightning;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;

/// The contract on phoenixd's transcripts.
final class PhoenixdContractTest extends ScriptedContract {

    PhoenixdContractTest() {
        super("phoenixd", "Authorization");
    }

    @Override
    NodeLightning client(NodeSetup setup) {
        return new PhoenixdLightning(setup);
    }

    @Override
    String credential(byte[] file) {
        String user = ":" + new String(file, StandardCharsets.US_ASCII);
        return "Basic "
                + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void received_liquidityWasTaken_creditsWhatWasPaidAndTellsTheGap() {
        with(
                "invoice_liquidity",
                lightning -> {
                    Received received = lightning.received(hash()).orElseThrow();
                    assertEquals(ASKED, received.amount());
                    assertEquals(Msat.ofSat(124), received.kept());
                });
    }

    @Test
    void createInvoice_partOfASat_isRefusedWithoutAsking() {
        with(
                "other_network",
                lightning ->
                        assertThrows(
                                LightningException.class,
                                () ->
                                        lightning.createInvoice(
                                                new Msat(1_500), "", Duration.ofHours(1))));
    }

    @Test
    void createInvoice_longDescription_isCutBetweenCharacters() {
        with(
                "create_long",
                lightning -> {
                    String owls = "d".repeat(127) + "🦉🦉";
                    assertEquals(
                            hash(),
                            lightning
                                    .createInvoice(ASKED, owls, Duration.ofHours(1))
                                    .paymentHash());
                });
    }

    @Test
    void feeReserve_isThePeersFee() {
        with(
                "fee_rule",
                lightning -> {
                    assertEquals(
                            Msat.ofSat(8), // 4 and 0.4 % of 1000
                            lightning.feeReserve(payment().invoice(), ASKED, CurrencyUnit.SAT));
                    assertEquals(
                            Msat.ofSat(6), // 4 and 0.4 % of 400 are 5.6
                            lightning.feeReserve(
                                    payment().invoice(), Msat.ofSat(400), CurrencyUnit.SAT));
                });
    }

    @Test
    void pay_peersFeeAboveTheLimit_isNotSent() {
        with(
                "fee_rule",
                lightning -> {
                    OutgoingPayment all = payment();
                    OutgoingPayment tight =
                            new OutgoingPayment(
                                    all.attemptId(),
                                    all.invoice(),
                                    ASKED,
                                    new Msat(7_999),
                                    all.unit());
                    assertInstanceOf(PaymentOutcome.Failed.class, lightning.pay(tight));
                });
    }
}
