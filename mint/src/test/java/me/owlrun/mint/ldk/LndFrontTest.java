package me.owlrun.mint.ldk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.bolt11.InvoiceReader;
import me.owlrun.bolt11.PaymentHash;
import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.Base64;
import java.util.HexFormat;

/// Real payments through the front by plain HTTP: what a client of LND has to cope with.
final class LndFrontTest {

    private static final Msat AMOUNT = Msat.ofSat(1234);
    private static final String SEND = "/v2/router/send";

    private final LdkPair pair = LdkPair.shared();
    private final LndFront front = LndFront.start(pair);
    private final RawLnd lnd = RawLnd.of(front);

    @AfterEach
    void stop() {
        lnd.close();
        front.close();
    }

    private static PaymentHash hash(String request) {
        return InvoiceReader.read(request).orElseThrow().paymentHash();
    }

    private static ObjectNode payment(String request) {
        return Json.object()
                .put("payment_request", request)
                .put("fee_limit_msat", "5000")
                .put("timeout_seconds", 30)
                .put("no_inflight_updates", true);
    }

    private static String track(String request) {
        byte[] bytes = hash(request).bytes();
        return "/v2/router/track/" + Base64.getUrlEncoder().encodeToString(bytes);
    }

    private JsonNode send(String request) throws IOException {
        try (RawLnd.Lines lines = lnd.postLines(SEND, payment(request))) {
            return lines.next();
        }
    }

    /// What a look-up says first, and no more.
    private JsonNode look(String request) throws IOException {
        try (RawLnd.Lines lines = lnd.getLines(track(request))) {
            return lines.next();
        }
    }

    private static void assertPaid(String request, JsonNode line) {
        JsonNode payment = line.path("result");
        assertEquals("SUCCEEDED", payment.path("status").textValue(), line.toString());
        byte[] preimage = HexFormat.of().parseHex(payment.path("payment_preimage").textValue());
        assertEquals(hash(request), PaymentHash.ofPreimage(preimage));
        assertEquals(hash(request).hex(), payment.path("payment_hash").textValue());
    }

    private static void assertFailed(String reason, JsonNode line) {
        assertEquals("FAILED", line.path("result").path("status").textValue(), line.toString());
        assertEquals(
                "FAILURE_REASON_" + reason, line.path("result").path("failure_reason").textValue());
        assertEquals("0".repeat(64), line.path("result").path("payment_preimage").textValue());
    }

    @Test
    void send_invoiceOfTheWorld_isPaidWithItsPreimage() throws IOException {
        String request = pair.worldInvoice(AMOUNT, "coffee", Reception.CLAIM);
        long before = pair.worldPaidCount();
        JsonNode line = send(request);
        assertPaid(request, line);
        assertEquals("1234000", line.path("result").path("value_msat").textValue());
        assertEquals("0", line.path("result").path("fee_msat").textValue());
        assertEquals(before + 1, pair.worldPaidCount());
        assertPaid(request, look(request));
    }

    @Test
    void send_again_isRefusedByTheHash() throws IOException {
        String request = pair.worldInvoice(AMOUNT, "once", Reception.CLAIM);
        assertPaid(request, send(request));
        long before = pair.worldPaidCount();
        try (RawLnd.Lines lines = lnd.postLines(SEND, payment(request))) {
            assertEquals(409, lines.status());
            JsonNode error = lines.next().path("error");
            assertEquals(6, error.path("code").intValue());
            assertEquals("invoice is already paid", error.path("message").textValue());
        }
        assertEquals(before, pair.worldPaidCount());
    }

    @Test
    void send_toNobodyKnown_fails() throws IOException {
        String request = pair.unreachableInvoice(AMOUNT, "far away");
        assertFailed("NO_ROUTE", send(request));
        assertFailed("NO_ROUTE", look(request));
        assertFailed("NO_ROUTE", send(request)); // a hash that failed may be sent again
    }

    @Test
    void send_throughAForwardingNode_costsItsFeeAndKeepsToTheLimit() throws IOException {
        String request = pair.farInvoice(AMOUNT, "far", Reception.CLAIM);
        long feeMsat = LdkPair.feeMsat(AMOUNT);
        ObjectNode tooLittle = payment(request).put("fee_limit_msat", feeMsat - 1);
        try (RawLnd.Lines lines = lnd.postLines(SEND, tooLittle)) {
            assertFailed("NO_ROUTE", lines.next());
        }
        ObjectNode estimate = Json.object().put("payment_request", request);
        assertEquals(
                Long.toString(feeMsat),
                lnd.post("/v2/router/route/estimatefee", estimate)
                        .body()
                        .path("routing_fee_msat")
                        .textValue());
        ObjectNode enough = payment(request).put("fee_limit_msat", feeMsat);
        try (RawLnd.Lines lines = lnd.postLines(SEND, enough)) {
            JsonNode line = lines.next();
            assertPaid(request, line);
            assertEquals(Long.toString(feeMsat), line.path("result").path("fee_msat").textValue());
        }
    }

    @Test
    void send_moreThanTheChannelHas_fails() throws IOException {
        Msat all = Msat.ofSat(LdkPair.CHANNEL_SAT);
        assertFailed(
                "INSUFFICIENT_BALANCE", send(pair.worldInvoice(all, "too much", Reception.CLAIM)));
    }

    @Test
    void send_refusedByThePayee_fails() throws IOException {
        String request = pair.worldInvoice(AMOUNT, "no, thanks", Reception.REFUSE);
        assertFailed("INCORRECT_PAYMENT_DETAILS", send(request));
    }

    @Test
    void send_expiredInvoice_isRefused() throws IOException {
        String request = pair.expiredInvoice(AMOUNT, "yesterday");
        try (RawLnd.Lines lines = lnd.postLines(SEND, payment(request))) {
            assertEquals(500, lines.status());
            assertTrue(lines.next().path("error").path("message").asText().contains("expired"));
        }
        try (RawLnd.Lines lines = lnd.getLines(track(request))) {
            assertEquals(404, lines.status());
            assertEquals(5, lines.next().path("error").path("code").intValue());
        }
    }

    @Test
    void held_thenSettled_isInFlightThenPaid() throws IOException {
        String request = pair.worldInvoice(AMOUNT, "slow", Reception.HOLD);
        ObjectNode updates = payment(request).put("no_inflight_updates", false);
        try (RawLnd.Lines lines = lnd.postLines(SEND, updates)) {
            assertEquals("IN_FLIGHT", lines.next().path("result").path("status").textValue());
            pair.awaitHeld(hash(request));
            assertEquals("IN_FLIGHT", look(request).path("result").path("status").textValue());
            try (RawLnd.Lines again = lnd.postLines(SEND, payment(request))) {
                assertEquals(
                        "payment is in transition",
                        again.next().path("error").path("message").textValue());
            }
            pair.settle(hash(request));
            assertPaid(request, lines.next());
            assertTrue(lines.ended());
        }
        assertPaid(request, look(request));
    }

    @Test
    void held_thenSentBack_failsAndMayBeSentAgain() throws IOException {
        String request = pair.worldInvoice(AMOUNT, "unsure", Reception.HOLD);
        ObjectNode updates = payment(request).put("no_inflight_updates", false);
        try (RawLnd.Lines lines = lnd.postLines(SEND, updates)) {
            assertEquals("IN_FLIGHT", lines.next().path("result").path("status").textValue());
            pair.failBack(hash(request));
            assertFailed("INCORRECT_PAYMENT_DETAILS", lines.next());
        }
        try (RawLnd.Lines lines = lnd.postLines(SEND, updates)) {
            assertEquals("IN_FLIGHT", lines.next().path("result").path("status").textValue());
            pair.settle(hash(request));
            assertPaid(request, lines.next());
        }
    }

    @Test
    void held_acrossALostConnectionOfTheNodes_goesOn() throws IOException {
        String request = pair.worldInvoice(AMOUNT, "cut", Reception.HOLD);
        ObjectNode updates = payment(request).put("no_inflight_updates", false);
        try (RawLnd.Lines lines = lnd.postLines(SEND, updates)) {
            assertEquals("IN_FLIGHT", lines.next().path("result").path("status").textValue());
            pair.awaitHeld(hash(request));
            pair.disconnect();
            assertFailed("NO_ROUTE", send(pair.worldInvoice(AMOUNT, "away", Reception.CLAIM)));
            assertEquals("IN_FLIGHT", look(request).path("result").path("status").textValue());
            pair.reconnect();
            pair.settle(hash(request));
            assertPaid(request, lines.next());
        }
    }

    @Test
    void client_gone_paymentGoesOn() throws IOException {
        String request = pair.worldInvoice(AMOUNT, "gone", Reception.HOLD);
        ObjectNode updates = payment(request).put("no_inflight_updates", false);
        try (RawLnd gone = RawLnd.of(front);
                RawLnd.Lines lines = gone.postLines(SEND, updates)) {
            assertEquals("IN_FLIGHT", lines.next().path("result").path("status").textValue());
        }
        pair.settle(hash(request));
        try (RawLnd.Lines lines = lnd.getLines(track(request) + "?no_inflight_updates=true")) {
            assertPaid(request, lines.next());
        }
    }

    @Test
    void answer_lost_paymentIsMadeOnce() throws IOException {
        String request = pair.worldInvoice(AMOUNT, "lost", Reception.CLAIM);
        long before = pair.worldPaidCount();
        front.cutNext(SEND);
        assertThrows(IOException.class, () -> lnd.postLines(SEND, payment(request)));
        try (RawLnd.Lines lines = lnd.getLines(track(request) + "?no_inflight_updates=true")) {
            assertPaid(request, lines.next());
        }
        assertEquals(before + 1, pair.worldPaidCount());
    }

    @Test
    void request_lost_paymentIsUnknown() throws IOException {
        String request = pair.worldInvoice(AMOUNT, "never came", Reception.CLAIM);
        front.dropNext(SEND);
        assertThrows(IOException.class, () -> lnd.postLines(SEND, payment(request)));
        try (RawLnd.Lines lines = lnd.getLines(track(request))) {
            assertEquals(404, lines.status());
        }
    }

    @Test
    void front_restarted_knowsThePayment() throws IOException {
        String request = pair.worldInvoice(AMOUNT, "restart", Reception.HOLD);
        front.cutNext(SEND);
        assertThrows(IOException.class, () -> lnd.postLines(SEND, payment(request)));
        int port = front.address().getPort();
        front.close();
        pair.settle(hash(request));
        try (LndFront again = LndFront.startAt(pair, port);
                RawLnd.Lines lines = lnd.getLines(track(request) + "?no_inflight_updates=true")) {
            assertEquals(port, again.address().getPort());
            assertPaid(request, lines.next());
        }
    }

    @Test
    void send_withoutAmountInTheInvoice_takesTheAmountGiven() throws IOException {
        String request = pair.worldInvoiceWithoutAmount("tips", Reception.CLAIM);
        try (RawLnd.Lines lines = lnd.postLines(SEND, payment(request))) {
            assertEquals(500, lines.status());
        }
        try (RawLnd.Lines lines = lnd.postLines(SEND, payment(request).put("amt_msat", "777001"))) {
            JsonNode line = lines.next();
            assertPaid(request, line);
            assertEquals("777001", line.path("result").path("value_msat").textValue());
        }
    }
}
