package me.owlrun.cashu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.json.Json;

import org.junit.jupiter.api.Test;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// The vectors of NUT-12 (DLEQ proofs), and a wallet's use of them.
final class Nut12Test {

    private static final JsonNode VECTORS = Vectors.read("nut12.json");

    @Test
    void hash_vector_matches() {
        JsonNode vector = VECTORS.path("hash_e");
        byte[] hash =
                Dleq.hash(
                        Vectors.point(vector, "R1"),
                        Vectors.point(vector, "R2"),
                        Vectors.point(vector, "K"),
                        Vectors.point(vector, "C_"));
        assertEquals(vector.path("hash").textValue(), HexFormat.of().formatHex(hash));
    }

    @Test
    void prove_vector_matches() {
        JsonNode vector = VECTORS.path("nonce");
        Scalar key = Vectors.scalar(vector, "a");
        assertEquals(Vectors.point(vector, "A"), key.publicKey());
        Dleq dleq = Dleq.prove(key, Vectors.point(vector, "B_"), Vectors.point(vector, "C_"));
        assertEquals(new BigInteger(vector.path("e").textValue(), 16), dleq.e());
        assertEquals(new BigInteger(vector.path("s").textValue(), 16), dleq.s());
        assertTrue(
                dleq.verify(
                        key.publicKey(), Vectors.point(vector, "B_"), Vectors.point(vector, "C_")));
    }

    @Test
    void verify_blindSignatureVector_holds() {
        JsonNode vector = VECTORS.path("blind_signature");
        BlindSignature signature = CashuJson.blindSignature(vector.path("signature"));
        Dleq dleq = signature.dleq().orElseThrow();
        Point key = Vectors.point(vector, "A");
        Point b = Vectors.point(vector, "B_");
        assertTrue(dleq.verify(key, b, signature.c()));
        Dleq forged = new Dleq(dleq.e(), dleq.s().add(BigInteger.ONE), Optional.empty());
        assertFalse(forged.verify(key, b, signature.c()));
        assertFalse(dleq.verify(new Scalar(BigInteger.TWO).publicKey(), b, signature.c()));
    }

    @Test
    void verifyProof_vector_holds() {
        JsonNode vector = VECTORS.path("proof");
        Proof proof = CashuJson.proof(vector.path("proof"));
        Dleq dleq = proof.dleq().orElseThrow();
        Point key = Vectors.point(vector, "A");
        assertTrue(dleq.verifyProof(key, proof.y(), proof.c()));
        Point other = HashToCurve.ofSecret("another secret");
        assertFalse(dleq.verifyProof(key, other, proof.c()));
        Dleq withoutR = new Dleq(dleq.e(), dleq.s(), Optional.empty());
        assertFalse(withoutR.verifyProof(key, proof.y(), proof.c()));
        assertEquals(Json.text(vector.path("proof")), Json.text(CashuJson.toJson(proof)));
    }

    @Test
    void unblind_signatureOfAnotherKey_isRefused() {
        SecureRandom random = new SecureRandom();
        Scalar key = Scalar.random(random);
        TreeMap<BigInteger, Point> keys = new TreeMap<>();
        keys.put(BigInteger.ONE, key.publicKey());
        KeysetId id = KeysetId.deriveV2(keys, "sat", 0, OptionalLong.empty());
        Keyset keyset = new Keyset(id, "sat", true, 0, OptionalLong.empty(), keys);
        OutputData output = OutputData.random(1, id, random);

        Proof proof = output.unblind(signed(output, key), keyset);
        assertTrue(Bdhke.verify(proof.y(), proof.c(), key));
        assertTrue(proof.dleq().orElseThrow().verifyProof(key.publicKey(), proof.y(), proof.c()));
        BlindSignature tagged = signed(output, Scalar.random(random));
        assertThrows(CashuFormatException.class, () -> output.unblind(tagged, keyset));
        BlindSignature otherAmount = new BlindSignature(2, id, tagged.c(), Optional.empty());
        assertThrows(CashuFormatException.class, () -> output.unblind(otherAmount, keyset));
        for (Object secret : List.of(proof, output, key)) {
            assertFalse(secret.toString().contains(output.secret()));
            assertFalse(secret.toString().contains(key.toHex()));
        }
    }

    private static BlindSignature signed(OutputData output, Scalar key) {
        Point b = output.blindedMessage().b();
        Point c = Bdhke.sign(b, key);
        return new BlindSignature(1, output.keysetId(), c, Optional.of(Dleq.prove(key, b, c)));
    }
}
