package me.owlrun.mint.testing;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Proof;
import me.owlrun.cashu.Scalar;
import me.owlrun.cashu.Schnorr;
import me.owlrun.hash.Sha256;
import me.owlrun.json.Json;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// A spending condition as a wallet makes it (NUT-11, NUT-14), and what opens it.
///
/// @param kind `P2PK` or `HTLC`
/// @param data a public key, or the hash of a preimage
/// @param tags name and values of each tag
public record TestLock(String kind, String data, List<List<String>> tags) {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int NONCE_BYTES = 16;
    private static final int AUXILIARY_BYTES = 32;

    /// Locked to a key.
    public static TestLock p2pk(Scalar key) {
        return new TestLock("P2PK", key.publicKey().toHex(), List.of());
    }

    /// Locked to a preimage.
    public static TestLock htlc(String preimageHex) {
        byte[] hash = Sha256.of(HexFormat.of().parseHex(preimageHex));
        return new TestLock("HTLC", HexFormat.of().formatHex(hash), List.of());
    }

    /// The same lock with one more tag.
    public TestLock with(String name, String... values) {
        List<String> tag = new ArrayList<>(List.of(name));
        tag.addAll(Arrays.asList(values));
        List<List<String>> more = new ArrayList<>(tags);
        more.add(tag);
        return new TestLock(kind, data, more);
    }

    /// The same lock with one more tag of public keys.
    public TestLock withKeys(String name, Scalar... keys) {
        return with(
                name,
                Arrays.stream(keys).map(key -> key.publicKey().toHex()).toArray(String[]::new));
    }

    /// A fresh secret that says so.
    public String secret() {
        ArrayNode list = Json.array().add(kind);
        ObjectNode body = list.addObject();
        body.put("nonce", HexFormat.of().formatHex(random(NONCE_BYTES))).put("data", data);
        ArrayNode all = body.putArray("tags");
        for (List<String> tag : tags) {
            ArrayNode one = all.addArray();
            tag.forEach(one::add);
        }
        return Json.text(list);
    }

    /// Signs a text as one of the keys.
    public static String sign(String message, Scalar key) {
        return HexFormat.of()
                .formatHex(Schnorr.sign(Sha256.of(message), key, random(AUXILIARY_BYTES)));
    }

    /// A witness with signatures of a text.
    public static String witness(String message, Scalar... keys) {
        return Json.text(signatures(message, keys));
    }

    /// A witness with a preimage, and signatures of a text.
    public static String preimageWitness(String preimageHex, String message, Scalar... keys) {
        return Json.text(signatures(message, keys).put("preimage", preimageHex));
    }

    private static ObjectNode signatures(String message, Scalar... keys) {
        ObjectNode witness = Json.object();
        ArrayNode list = witness.putArray("signatures");
        for (Scalar key : keys) {
            list.add(sign(message, key));
        }
        return witness;
    }

    /// The same proof with a witness.
    public static Proof withWitness(Proof proof, String witness) {
        return new Proof(
                proof.amount(),
                proof.keysetId(),
                proof.secret(),
                proof.c(),
                Optional.of(witness),
                proof.dleq());
    }

    /// The same proofs, each with signatures of its own secret.
    public static List<Proof> signed(List<Proof> proofs, Scalar... keys) {
        return proofs.stream().map(p -> withWitness(p, witness(p.secret(), keys))).toList();
    }

    /// The text that signatures over a whole request sign.
    ///
    /// @param quoteId empty in a swap
    public static String wholeRequest(
            List<Proof> inputs, List<OutputData> outputs, String quoteId) {
        StringBuilder message = new StringBuilder();
        inputs.forEach(input -> message.append(input.secret()).append(input.c()));
        for (OutputData output : outputs) {
            BlindedMessage sent = output.blindedMessage();
            message.append(sent.amount()).append(sent.b());
        }
        return message.append(quoteId).toString();
    }

    private static byte[] random(int count) {
        byte[] bytes = new byte[count];
        RANDOM.nextBytes(bytes);
        return bytes;
    }
}
