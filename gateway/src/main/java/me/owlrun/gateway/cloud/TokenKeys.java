package me.owlrun.gateway.cloud;

import me.owlrun.config.Secret;
import me.owlrun.hash.Sha256;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Seals and opens tokens with AES-256-GCM (NIST SP 800-38D): a fresh random nonce of 96 bits for
/// each, a tag of 128. The newest key seals, every key opens. A key is named by a hash of itself,
/// so names cannot be mixed up and tell nothing.
final class TokenKeys {

    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int ID_CHARS = 16;
    private static final String ID_DOMAIN = "owlrun cloud key\n";
    private static final String SEAL_DOMAIN = "owlrun cloud token\n";

    private final Map<String, SecretKeySpec> keys;
    private final String newest;

    private TokenKeys(Map<String, SecretKeySpec> keys, String newest) {
        this.keys = Map.copyOf(keys);
        this.newest = newest;
    }

    /// @param lines 64 hexadecimal digits each, the newest last; at least one
    /// @throws IllegalArgumentException when a line is something else
    static TokenKeys of(List<String> lines) {
        Map<String, SecretKeySpec> keys = new LinkedHashMap<>();
        String newest = "";
        for (String line : lines) {
            byte[] key = HexFormat.of().parseHex(line);
            if (key.length != KEY_BYTES) {
                throw new IllegalArgumentException("no key");
            }
            newest = Sha256.hexOf(ID_DOMAIN + HexFormat.of().formatHex(key)).substring(0, ID_CHARS);
            keys.put(newest, new SecretKeySpec(key, "AES"));
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("no key");
        }
        return new TokenKeys(keys, newest);
    }

    /// The name of the key that seals.
    String newestId() {
        return newest;
    }

    /// The names of all keys.
    Set<String> ids() {
        return keys.keySet();
    }

    /// Seals a token for one place; moved to any other it does not open.
    SealedToken seal(CloudPlace place, Secret token, SecureRandom random) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, newest, nonce, place);
            byte[] sealed = cipher.doFinal(token.value().getBytes(StandardCharsets.UTF_8));
            ByteBuffer all = ByteBuffer.allocate(nonce.length + sealed.length);
            return new SealedToken(newest, all.put(nonce).put(sealed).array());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no AES-GCM", e);
        }
    }

    /// The token; empty when its key is not here, or it was sealed for another place.
    Optional<Secret> open(CloudPlace place, SealedToken sealed) {
        if (!keys.containsKey(sealed.keyId()) || sealed.bytes().length <= NONCE_BYTES) {
            return Optional.empty();
        }
        byte[] nonce = new byte[NONCE_BYTES];
        ByteBuffer all = ByteBuffer.wrap(sealed.bytes()).get(nonce);
        byte[] rest = new byte[all.remaining()];
        all.get(rest);
        try {
            Cipher cipher = cipher(Cipher.DECRYPT_MODE, sealed.keyId(), nonce, place);
            return Optional.of(
                    new Secret(new String(cipher.doFinal(rest), StandardCharsets.UTF_8)));
        } catch (AEADBadTagException e) {
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no AES-GCM", e);
        }
    }

    private Cipher cipher(int mode, String keyId, byte[] nonce, CloudPlace place)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, keys.get(keyId), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD((SEAL_DOMAIN + place.text()).getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
