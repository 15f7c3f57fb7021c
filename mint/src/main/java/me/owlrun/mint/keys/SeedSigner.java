package me.owlrun.mint.keys;

import me.owlrun.cashu.Bdhke;
import me.owlrun.cashu.BlindSignature;
import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.CashuFormatException;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Dleq;
import me.owlrun.cashu.Keyset;
import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.Point;
import me.owlrun.cashu.Proof;
import me.owlrun.cashu.Scalar;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// A signer in this process whose keys all follow from one seed: the key of an amount is
/// `HMAC-SHA256(seed, "Owlrun_mint_key_v1" ‖ unit ‖ 00 ‖ index ‖ amount ‖ counter)`, index and
/// counter in 4 and amount in 8 big-endian bytes, with the first counter from zero that gives a
/// number below the group order.
public final class SeedSigner implements Signer {

    /// The number of keys of a `sat` keyset: 1 to 2^31.
    static final int SAT_KEYS = 32;

    /// The number of keys of an `msat` keyset: 1 to 2^41.
    static final int MSAT_KEYS = 42;

    private static final byte[] KEY_DOMAIN = "Owlrun_mint_key_v1".getBytes(StandardCharsets.UTF_8);
    private static final String IDENTITY = "identity";

    private final byte[] seed;
    private final Map<KeysetId, Map<Long, KeyPair>> keyPairs = new ConcurrentHashMap<>();

    /// A private key with its public key, which every DLEQ proof needs.
    private record KeyPair(Scalar privateKey, Point publicKey) {

        static KeyPair of(Scalar privateKey) {
            return new KeyPair(privateKey, privateKey.publicKey());
        }

        Dleq prove(Point blindedMessage, Point blindSignature) {
            return Dleq.prove(privateKey, publicKey, blindedMessage, blindSignature);
        }
    }

    /// @param seed at least 32 bytes of pure chance; copied
    public SeedSigner(byte[] seed) {
        this.seed = seed.clone();
    }

    @Override
    public Keyset load(KeysetPath path) {
        Map<Long, KeyPair> keys = new HashMap<>();
        SortedMap<BigInteger, Point> publicKeys = new TreeMap<>();
        for (int exponent = 0; exponent < keyCount(path.unit()); exponent++) {
            long amount = 1L << exponent;
            KeyPair key = KeyPair.of(derive(path.unit().text(), path.index(), amount));
            keys.put(amount, key);
            publicKeys.put(BigInteger.valueOf(amount), key.publicKey());
        }
        String unit = path.unit().text();
        KeysetId id =
                switch (path.idVersion()) {
                    case V1 -> KeysetId.deriveV1(publicKeys);
                    case V2 ->
                            KeysetId.deriveV2(
                                    publicKeys, unit, path.inputFeePpk(), OptionalLong.empty());
                };
        keyPairs.put(id, Map.copyOf(keys));
        return new Keyset(id, unit, true, path.inputFeePpk(), OptionalLong.empty(), publicKeys);
    }

    private static int keyCount(CurrencyUnit unit) {
        return switch (unit) {
            case SAT -> SAT_KEYS;
            case MSAT -> MSAT_KEYS;
        };
    }

    @Override
    public List<BlindSignature> sign(List<BlindedMessage> messages) {
        return messages.stream().map(this::sign).toList();
    }

    private BlindSignature sign(BlindedMessage message) {
        KeyPair key = key(message.keysetId(), message.amount());
        Point c = Bdhke.sign(message.b(), key.privateKey());
        return new BlindSignature(
                message.amount(), message.keysetId(), c, Optional.of(key.prove(message.b(), c)));
    }

    @Override
    public List<BlindSignature> proveAgain(List<SignedMessage> signed) {
        return signed.stream().map(this::proveAgain).toList();
    }

    private BlindSignature proveAgain(SignedMessage signed) {
        KeyPair key = key(signed.keysetId(), signed.amount());
        return new BlindSignature(
                signed.amount(),
                signed.keysetId(),
                signed.c(),
                Optional.of(key.prove(signed.b(), signed.c())));
    }

    @Override
    public boolean verify(List<Proof> proofs) {
        return proofs.stream().allMatch(this::verify);
    }

    private boolean verify(Proof proof) {
        KeyPair key = key(proof.keysetId(), proof.amount());
        return Bdhke.verify(proof.y(), proof.c(), key.privateKey());
    }

    @Override
    public Point identity() {
        return derive(IDENTITY, 0, 0).publicKey();
    }

    private KeyPair key(KeysetId id, long amount) {
        KeyPair key = keyPairs.getOrDefault(id, Map.of()).get(amount);
        if (key == null) {
            throw new IllegalArgumentException("keyset " + id + " has no loaded key " + amount);
        }
        return key;
    }

    private Scalar derive(String purpose, int index, long amount) {
        for (int counter = 0; ; counter++) {
            Mac mac = hmac();
            mac.update(KEY_DOMAIN);
            mac.update(purpose.getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 0);
            mac.update(
                    ByteBuffer.allocate(16).putInt(index).putLong(amount).putInt(counter).flip());
            try {
                return Scalar.fromBytes(mac.doFinal());
            } catch (CashuFormatException e) {
                // zero or not below the group order, once in 2^128: the next counter
            }
        }
    }

    private Mac hmac() {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(seed, "HmacSHA256"));
            return mac;
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }
}
