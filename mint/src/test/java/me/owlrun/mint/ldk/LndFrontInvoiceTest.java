package me.owlrun.mint.ldk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.bolt11.Invoice;
import me.owlrun.bolt11.InvoiceReader;
import me.owlrun.bolt11.PaymentHash;
import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import java.util.List;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// What comes in, and what the node says of itself, by plain HTTP.
final class LndFrontInvoiceTest {

    private static final SecureRandom RANDOM = new SecureRandom();

    private final LdkPair pair = LdkPair.shared();
    private final LndFront front = LndFront.start(pair);
    private final RawLnd lnd = RawLnd.of(front);

    @AfterEach
    void stop() {
        lnd.close();
        front.close();
    }

    private JsonNode invoice(Msat amount, byte[] preimage) throws IOException {
        ObjectNode request =
                Json.object()
                        .put("value_msat", Long.toString(amount.value()))
                        .put("memo", "three coffees")
                        .put("expiry", "600")
                        .put("r_preimage", Base64.getEncoder().encodeToString(preimage));
        return lnd.post("/v1/invoices", request).body();
    }

    private JsonNode look(String request) throws IOException {
        String hash = InvoiceReader.read(request).orElseThrow().paymentHash().hex();
        return lnd.get("/v1/invoice/" + hash).body();
    }

    @Test
    void invoice_withPreimageGiven_isPaidByTheWorld() throws IOException {
        byte[] preimage = LdkKit.bytes(RANDOM);
        JsonNode made = invoice(Msat.of(2_500_001), preimage);
        String request = made.path("payment_request").textValue();
        Invoice read = InvoiceReader.read(request).orElseThrow();
        assertEquals(PaymentHash.ofPreimage(preimage), read.paymentHash());
        assertEquals(Duration.ofMinutes(10), read.expiry());
        assertEquals("three coffees", read.description());
        assertEquals("OPEN", look(request).path("state").textValue());

        SentPayment paid = pair.worldPays(request);
        assertEquals(SentPayment.Status.SUCCEEDED, paid.status());
        JsonNode settled = look(request);
        assertEquals("SETTLED", settled.path("state").textValue());
        assertEquals("2500001", settled.path("amt_paid_msat").textValue());
        assertTrue(settled.path("settle_index").asLong() > 0);
    }

    @Test
    void subscribe_tellsOfEachInvoice_madeAndSettled() throws IOException {
        String first =
                invoice(Msat.ofSat(21), LdkKit.bytes(RANDOM)).path("payment_request").textValue();
        assertEquals(SentPayment.Status.SUCCEEDED, pair.worldPays(first).status());
        long index = look(first).path("settle_index").asLong();

        String second =
                invoice(Msat.ofSat(22), LdkKit.bytes(RANDOM)).path("payment_request").textValue();
        assertEquals(SentPayment.Status.SUCCEEDED, pair.worldPays(second).status());
        String from = "/v1/invoices/subscribe?settle_index=" + index;
        try (RawLnd.Lines lines = lnd.getLines(from)) {
            JsonNode line = lines.next().path("result");
            assertEquals(second, line.path("payment_request").textValue());
            assertEquals("SETTLED", line.path("state").textValue());
            assertEquals(index + 1, line.path("settle_index").asLong());

            String third =
                    invoice(Msat.ofSat(23), LdkKit.bytes(RANDOM))
                            .path("payment_request")
                            .textValue();
            assertEquals("OPEN", lines.next().path("result").path("state").textValue());
            assertEquals(SentPayment.Status.SUCCEEDED, pair.worldPays(third).status());
            JsonNode last = lines.next().path("result");
            assertEquals(third, last.path("payment_request").textValue());
            assertEquals("23000", last.path("amt_paid_msat").textValue());
        }
    }

    @Test
    void lookup_ofNobodysHash_isNotFound() throws IOException {
        RawLnd.Reply reply = lnd.get("/v1/invoice/" + "ab".repeat(32));
        assertEquals(404, reply.status());
        assertEquals(5, reply.body().path("code").intValue());
    }

    @Test
    void call_withoutMacaroonOrWithUnknownField_isRefused() throws IOException {
        for (RawLnd stranger :
                List.of(
                        new RawLnd(front.address()),
                        new RawLnd(front.address(), RawLnd.MACAROON, "00"))) {
            try (stranger) {
                RawLnd.Reply reply = stranger.get("/v1/getinfo");
                assertEquals(500, reply.status());
                assertEquals(2, reply.body().path("code").intValue());
            }
        }
        RawLnd.Reply reply = lnd.post("/v1/invoices", Json.object().put("valueMsatoshi", "1"));
        assertEquals(400, reply.status());
        assertTrue(reply.body().path("message").asText().contains("unknown field"));
    }

    @Test
    void node_saysWhoItIsAndWhatItHolds() throws IOException {
        JsonNode info = lnd.get("/v1/getinfo").body();
        assertEquals(66, info.path("identity_pubkey").asText().length());
        assertTrue(info.path("synced_to_chain").booleanValue());
        JsonNode balance = lnd.get("/v1/balance/channels").body();
        assertTrue(balance.path("local_balance").path("msat").asLong() > 1_000_000_000L);

        String request = pair.worldInvoice(Msat.ofSat(50), "decode me", Reception.CLAIM);
        JsonNode decoded = lnd.get("/v1/payreq/" + request).body();
        assertEquals("50000", decoded.path("num_msat").textValue());
        assertEquals("decode me", decoded.path("description").textValue());
        ObjectNode estimate = Json.object().put("payment_request", request).put("timeout", 5);
        assertEquals(
                "0",
                lnd.post("/v2/router/route/estimatefee", estimate)
                        .body()
                        .path("routing_fee_msat")
                        .textValue());
    }

    @Test
    void answer_delayed_comesWhenTheTestSaysSo() throws Exception {
        Runnable go = front.delayNext("/v1/getinfo");
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(front.address() + "/v1/getinfo"))
                            .header("Grpc-Metadata-macaroon", front.macaroonHex())
                            .build();
            var answer = http.sendAsync(request, HttpResponse.BodyHandlers.ofString());
            assertEquals(200, lnd.get("/v1/balance/channels").status());
            go.run();
            assertEquals(200, answer.get().statusCode());
        }
    }

    @Test
    void tls_pinnedCertificate_isGood() throws Exception {
        try (LndFront secure = LndFront.startTls(pair);
                HttpClient http =
                        HttpClient.newBuilder()
                                .sslContext(trusting(secure.certificatePem()))
                                .build()) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(secure.address() + "/v1/getinfo"))
                            .header("Grpc-Metadata-macaroon", secure.macaroonHex())
                            .build();
            assertEquals(
                    200, http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode());
        }
    }

    private static SSLContext trusting(String pem) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry(
                "lnd",
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(
                                new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII))));
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
