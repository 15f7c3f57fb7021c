package me.owlrun.cashu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// The vectors of NUT-00: hash to curve, blinding, signing, tokens of both versions.
final class Nut00Test {

    private static final JsonNode VECTORS = Vectors.read("nut00.json");
    private static final HexFormat HEX = HexFormat.of();

    @Test
    void hashToCurve_vectors_match() {
        assertEquals(3, VECTORS.path("hash_to_curve").size());
        for (JsonNode vector : VECTORS.path("hash_to_curve")) {
            byte[] message = HEX.parseHex(vector.path("message").textValue());
            assertEquals(Vectors.point(vector, "point"), HashToCurve.ofMessage(message));
        }
    }

    @Test
    void blind_vectors_match() {
        assertEquals(2, VECTORS.path("blinding").size());
        for (JsonNode vector : VECTORS.path("blinding")) {
            Point y = HashToCurve.ofMessage(HEX.parseHex(vector.path("x").textValue()));
            assertEquals(Vectors.point(vector, "B_"), Bdhke.blind(y, Vectors.scalar(vector, "r")));
        }
    }

    @Test
    void sign_vectors_match() {
        assertEquals(2, VECTORS.path("signing").size());
        for (JsonNode vector : VECTORS.path("signing")) {
            assertEquals(
                    Vectors.point(vector, "C_"),
                    Bdhke.sign(Vectors.point(vector, "B_"), Vectors.scalar(vector, "k")));
        }
    }

    @Test
    void tokenV3_vector_readsAndWritesBack() {
        JsonNode vector = VECTORS.path("token_v3");
        String text = vector.path("serialized").textValue();
        Token token = decode(text);
        JsonNode entry = vector.path("json").path("token").path(0);
        assertEquals(entry.path("mint").textValue(), token.mint());
        assertEquals("sat", token.unit());
        assertEquals(Optional.of("Thank you."), token.memo());
        List<Proof> proofs = CashuJson.list(entry, "proofs", 9, CashuJson::proof);
        assertEquals(proofs, token.proofs());
        assertEquals(10, token.amount());
        assertEquals(stripPadding(text), stripPadding(TokenCodec.encodeA(token)));
    }

    @Test
    void tokenV3_malformedVectors_areRefused() {
        for (JsonNode text : VECTORS.path("token_v3").path("malformed")) {
            assertInstanceOf(TokenCodec.Malformed.class, TokenCodec.decode(text.textValue()));
        }
    }

    @Test
    void tokenV3_paddedOrNot_readsTheSame() {
        JsonNode valid = VECTORS.path("token_v3").path("valid");
        assertEquals(3, valid.size());
        Token padded = decode(valid.path(1).textValue());
        assertEquals(2, padded.proofs().size());
        assertEquals(padded, decode(valid.path(2).textValue()));
        assertEquals(2, decode(valid.path(0).textValue()).proofs().size());
    }

    @Test
    void tokenV4_vectors_readAndWriteBack() {
        assertEquals(2, VECTORS.path("token_v4").size());
        for (JsonNode vector : VECTORS.path("token_v4")) {
            String text = vector.path("serialized").textValue();
            Token token = decode(text);
            assertEquals(expected(vector.path("cbor")), token);
            assertEquals(stripPadding(text), TokenCodec.encodeB(token));
            assertEquals(token, decode(stripPadding(text)));
        }
    }

    @Test
    void tokenV4_rawVector_isPrefixAndCbor() {
        JsonNode vector = VECTORS.path("token_v4_raw");
        byte[] bytes = HEX.parseHex(vector.path("bytes").textValue());
        byte[] prefix = "crawB".getBytes(StandardCharsets.US_ASCII);
        assertArrayEquals(prefix, Arrays.copyOf(bytes, prefix.length));
        byte[] cbor = Arrays.copyOfRange(bytes, prefix.length, bytes.length);
        Token token = TokenV4.decode(cbor);
        assertEquals(expected(vector.path("cbor")), token);
        assertArrayEquals(cbor, TokenV4.encode(token));
    }

    private static Token expected(JsonNode cbor) {
        List<Proof> proofs =
                cbor.path("t")
                        .valueStream()
                        .flatMap(entry ->
                                entry.path("p")
                                        .valueStream()
                                        .map(proof ->
                                                new Proof(
                                                        proof.path("a").longValue(),
                                                        new KeysetId(entry.path("i").textValue()),
                                                        proof.path("s").textValue(),
                                                        Vectors.point(proof, "c"),
                                                        Optional.empty(),
                                                        Optional.empty())))
                        .toList();
        return new Token(
                cbor.path("m").textValue(),
                cbor.path("u").textValue(),
                CashuJson.optionalText(cbor, "d"),
                proofs);
    }

    private static Token decode(String text) {
        return assertInstanceOf(TokenCodec.Valid.class, TokenCodec.decode(text)).token();
    }

    private static String stripPadding(String text) {
        return text.replace("=", "");
    }
}
