package me.owlrun.bolt11;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.Scalar;
import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// All example invoices of BOLT 11, the published ones in `vectors/bolt11.json`.
final class InvoiceReaderTest {

    private static final String PAYEE =
            "03e7156ae33b0a208d0744199163177e909e80176e55d97a2f221ede0f934dd9ad";

    private static Stream<JsonNode> vectors(String kind) throws IOException {
        try (InputStream in = InvoiceReaderTest.class.getResourceAsStream("/vectors/bolt11.json")) {
            if (in == null) {
                throw new IOException("the vectors are missing");
            }
            JsonNode list = Json.parse(in.readAllBytes()).path(kind);
            assertTrue(list.size() > 9);
            return StreamSupport.stream(list.spliterator(), false);
        }
    }

    static Stream<JsonNode> valid() throws IOException {
        return vectors("valid");
    }

    static Stream<JsonNode> invalid() throws IOException {
        return vectors("invalid");
    }

    @ParameterizedTest
    @MethodSource("valid")
    void read_validVector_givesItsFacts(JsonNode vector) {
        Invoice invoice = InvoiceReader.read(vector.path("invoice").textValue()).orElseThrow();
        assertEquals(vector.path("network").textValue(), invoice.network());
        assertEquals(
                vector.path("amount_msat").longValue(),
                invoice.amount().map(Msat::value).orElse(0L));
        assertEquals(vector.path("timestamp").longValue(), invoice.timestamp().getEpochSecond());
        assertEquals(vector.path("expiry").longValue(), invoice.expiry().toSeconds());
        assertEquals(vector.path("payment_hash").textValue(), invoice.paymentHash().hex());
        assertEquals(vector.path("description").textValue(), invoice.description());
        String lower = vector.path("invoice").textValue().toLowerCase(Locale.ROOT);
        assertEquals(lower, invoice.text());
    }

    @Test
    void read_specificationExamples_recoverThePayee() throws IOException {
        Stream<String> payees =
                valid().filter(vector -> vector.path("timestamp").longValue() == 1496314658)
                        .filter(vector -> !vector.path("case").textValue().contains("high-S"))
                        .map(vector -> vector.path("invoice").textValue())
                        .map(invoice -> InvoiceReader.read(invoice).orElseThrow().payee().toHex());
        payees.forEach(payee -> assertEquals(PAYEE, payee));
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void read_invalidVector_givesNothing(JsonNode vector) {
        assertEquals(Optional.empty(), InvoiceReader.read(vector.path("invoice").textValue()));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 10, 999, 1_000, 1_001, 100_000, 123_456_789, 2_500_000_000_000L})
    void write_anyAmount_readsBack(long msat) {
        Scalar key = Scalar.random(new SecureRandom());
        InvoiceWriter.Draft draft =
                new InvoiceWriter.Draft(
                        "bc",
                        Msat.of(msat),
                        PaymentHash.ofPreimage(new byte[32]),
                        "11".repeat(32),
                        "Grüße {\"a\":1}",
                        Instant.ofEpochSecond(1_800_000_000),
                        Duration.ofSeconds(4_321));
        Invoice invoice = InvoiceReader.read(InvoiceWriter.write(draft, key)).orElseThrow();
        assertEquals(Optional.of(Msat.of(msat)), invoice.amount());
        assertEquals(draft.paymentHash(), invoice.paymentHash());
        assertEquals(draft.description(), invoice.description());
        assertEquals(draft.timestamp(), invoice.timestamp());
        assertEquals(draft.timestamp().plusSeconds(4_321), invoice.expiresAt());
        assertEquals(key.publicKey(), invoice.payee());
    }

    @Test
    void read_oneCharacterChanged_givesNothing() throws IOException {
        String text = valid().findFirst().orElseThrow().path("invoice").textValue();
        for (int at = 5; at < text.length(); at++) {
            char other = text.charAt(at) == 'q' ? 'p' : 'q';
            String changed = text.substring(0, at) + other + text.substring(at + 1);
            assertEquals(Optional.empty(), InvoiceReader.read(changed), "at " + at);
        }
    }

    @Test
    void read_amountsThatAreNone_giveNothing() {
        for (String amount : new String[] {"", "0", "01", "1x", "1p", "-1", "22000000", "1 "}) {
            assertEquals(Optional.empty(), InvoiceAmount.parse(amount), amount);
        }
        assertEquals(Optional.of(Msat.of(1)), InvoiceAmount.parse("10p"));
        assertEquals(Optional.of(Msat.ofSat(100_000_000)), InvoiceAmount.parse("1"));
    }
}
