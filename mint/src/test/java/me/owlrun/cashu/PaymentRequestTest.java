package me.owlrun.cashu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.PaymentRequest.Condition;
import me.owlrun.cashu.PaymentRequest.Transport;
import me.owlrun.cashu.PaymentRequestCodec.Decoded;
import me.owlrun.cashu.PaymentRequestCodec.Malformed;
import me.owlrun.cashu.PaymentRequestCodec.Valid;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;

/// Payment requests against the vectors of NUT-18 and NUT-26.
final class PaymentRequestTest {

    /// The published text of this one holds another mint and another key than its JSON.
    private static final String MISMATCHED = "Basic Payment Request";

    static Stream<Arguments> nut18() {
        return vectors("nut18.json");
    }

    static Stream<Arguments> nut26() {
        return vectors("nut26.json");
    }

    private static Stream<Arguments> vectors(String file) {
        return Vectors.read(file)
                .path("vectors")
                .valueStream()
                .map(v ->
                        Arguments.of(
                                v.path("name").textValue(),
                                v.path("request"),
                                v.path("encoded").textValue()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("nut18")
    void creqA_publishedVector_isRead(String name, JsonNode request, String encoded) {
        PaymentRequest read = read(encoded);
        if (name.equals(MISMATCHED)) {
            assertEquals(List.of("https://nofees.testnut.cashu.space"), read.mints());
            assertEquals(OptionalLong.of(10), read.amount());
        } else {
            assertEquals(ofJson(request), read);
        }
        assertEquals(read, read(PaymentRequestCodec.encodeA(read)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("nut26")
    void creqB_publishedVector_isReadAndWritten(String name, JsonNode request, String encoded) {
        PaymentRequest expected = ofJson(request);
        PaymentRequest read = read(encoded);
        assertEquals(withCanonicalNames(expected), read, name);
        assertEquals(read, read(encoded.toLowerCase(Locale.ROOT)));
        assertEquals(encoded, PaymentRequestCodec.encodeB(expected));
        assertEquals(encoded, PaymentRequestCodec.encodeB(read));
    }

    @Test
    void inBand_isWhatNut24AsksFor() {
        PaymentRequest request =
                PaymentRequest.inBand(10, CurrencyUnit.MSAT, List.of("http://127.0.0.1:3338"));
        PaymentRequest read = read(PaymentRequestCodec.encodeA(request));
        assertEquals(request, read);
        assertEquals(request, read(PaymentRequestCodec.encodeB(request)));
        assertEquals(List.of(), read.transports());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "creq",
                "creqA",
                "creqA!",
                "creqAoA==x",
                "creqC1111",
                "creqb1",
                "creqb1qqqqqq",
                "lnbc1qqqqqq",
                // a map with an amount and no unit
                "creqAoWFhCg==",
                // an amount that is a text
                "creqAomFhYTFhdWNzYXQ="
            })
    void decode_anythingElse_isMalformed(String text) {
        assertInstanceOf(Malformed.class, PaymentRequestCodec.decode(text));
    }

    @Test
    void decode_tooLong_isMalformed() {
        String text = "creqA" + "A".repeat(PaymentRequestCodec.TEXT_MAX);
        assertInstanceOf(Malformed.class, PaymentRequestCodec.decode(text));
    }

    @Test
    void creqB_anyOneCharacterChanged_isMalformed() {
        Random random = new Random(26);
        for (JsonNode vector : Vectors.read("nut26.json").path("vectors")) {
            String encoded = vector.path("encoded").textValue();
            for (int i = 0; i < 50; i++) {
                int at = "CREQB1".length() + random.nextInt(encoded.length() - 6);
                char other = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L".charAt(random.nextInt(32));
                String changed = encoded.substring(0, at) + other + encoded.substring(at + 1);
                Decoded decoded = PaymentRequestCodec.decode(changed);
                assertEquals(changed.equals(encoded), decoded instanceof Valid, changed);
            }
        }
    }

    @Test
    void creqA_randomDamage_neverThrows() {
        Random random = new Random(18);
        for (JsonNode vector : Vectors.read("nut18.json").path("vectors")) {
            byte[] cbor = TokenCodec.base64(vector.path("encoded").textValue().substring(5));
            for (int i = 0; i < 500; i++) {
                byte[] damaged = cbor.clone();
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
                String text = "creqA" + java.util.Base64.getUrlEncoder().encodeToString(damaged);
                Decoded decoded = PaymentRequestCodec.decode(text);
                if (decoded instanceof Valid(PaymentRequest request)) {
                    assertEquals(request, read(PaymentRequestCodec.encodeA(request)));
                }
            }
        }
    }

    private static PaymentRequest read(String text) {
        return assertInstanceOf(Valid.class, PaymentRequestCodec.decode(text)).request();
    }

    /// A key without relays reads as `npub`, whatever it was written from.
    private static PaymentRequest withCanonicalNames(PaymentRequest request) {
        return new PaymentRequest(
                request.id(),
                request.amount(),
                request.unit(),
                request.singleUse(),
                request.mints(),
                request.description(),
                request.transports().stream()
                        .map(t ->
                                t.type().equals("nostr")
                                        ? new Transport(
                                                t.type(),
                                                NostrName.decode(t.target()).encode(),
                                                t.tags())
                                        : t)
                        .toList(),
                request.condition());
    }

    private static PaymentRequest ofJson(JsonNode json) {
        List<Transport> transports = new ArrayList<>();
        for (JsonNode t : json.path("t")) {
            transports.add(
                    new Transport(
                            t.path("t").textValue(), t.path("a").textValue(), tags(t.path("g"))));
        }
        JsonNode nut10 = json.path("nut10");
        return new PaymentRequest(
                Optional.ofNullable(json.path("i").textValue()),
                json.has("a") ? OptionalLong.of(json.path("a").longValue()) : OptionalLong.empty(),
                Optional.ofNullable(json.path("u").textValue()),
                json.has("s") ? Optional.of(json.path("s").booleanValue()) : Optional.empty(),
                texts(json.path("m")),
                Optional.ofNullable(json.path("d").textValue()),
                transports,
                nut10.isMissingNode()
                        ? Optional.empty()
                        : Optional.of(
                                new Condition(
                                        nut10.path("k").textValue(),
                                        nut10.path("d").textValue(),
                                        tags(nut10.path("t")))));
    }

    private static List<List<String>> tags(JsonNode node) {
        return node.valueStream().map(PaymentRequestTest::texts).toList();
    }

    private static List<String> texts(JsonNode node) {
        return node.valueStream().map(JsonNode::textValue).toList();
    }
}
