package me.owlrun.gateway.cloud;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.config.ConfigException;
import me.owlrun.config.Secret;
import me.owlrun.gateway.job.NodeIdentity;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// Sealing and opening of tokens, and the file of keys.
final class TokenKeysTest {

    private static final String OLD = "01".repeat(32);
    private static final String NEW = "02".repeat(32);
    private static final Secret TOKEN = new Secret("sk-secret-of-the-owner");
    private static final CloudPlace PLACE = place(1, "cloud_a", "https://a.example.org/v1");
    private static final SecureRandom RANDOM = new SecureRandom();

    @TempDir private Path folder;

    private static CloudPlace place(long provider, String node, String url) {
        return new CloudPlace(new NodeIdentity(provider, node), URI.create(url));
    }

    private static SealedToken seal(String... keys) {
        return TokenKeys.of(List.of(keys)).seal(PLACE, TOKEN, RANDOM);
    }

    @Test
    void seal_open_givesTheToken_andTwoSealsDiffer() {
        TokenKeys keys = TokenKeys.of(List.of(OLD));
        SealedToken one = keys.seal(PLACE, TOKEN, RANDOM);
        SealedToken two = keys.seal(PLACE, TOKEN, RANDOM);
        assertEquals(Optional.of(TOKEN), keys.open(PLACE, one));
        assertEquals(Optional.of(TOKEN), keys.open(PLACE, two));
        assertNotEquals(
                HexFormat.of().formatHex(one.bytes()), HexFormat.of().formatHex(two.bytes()));
        assertFalse(new String(one.bytes(), StandardCharsets.ISO_8859_1).contains("secret"));
        assertFalse((one + " " + TOKEN).contains("owner"));
    }

    @Test
    void open_atAnotherPlace_isEmpty() {
        TokenKeys keys = TokenKeys.of(List.of(OLD));
        SealedToken sealed = keys.seal(PLACE, TOKEN, RANDOM);
        for (CloudPlace other :
                List.of(
                        place(2, "cloud_a", "https://a.example.org/v1"),
                        place(1, "cloud_b", "https://a.example.org/v1"),
                        place(1, "cloud_a", "https://b.example.org/v1"))) {
            assertEquals(Optional.empty(), keys.open(other, sealed));
        }
    }

    @Test
    void open_changedOrShort_isEmpty() {
        TokenKeys keys = TokenKeys.of(List.of(OLD));
        SealedToken sealed = keys.seal(PLACE, TOKEN, RANDOM);
        for (int i = 0; i < sealed.bytes().length; i++) {
            byte[] changed = sealed.bytes().clone();
            changed[i] ^= 1;
            SealedToken forged = new SealedToken(sealed.keyId(), changed);
            assertEquals(Optional.empty(), keys.open(PLACE, forged), "octet " + i);
        }
        SealedToken nothing = new SealedToken(sealed.keyId(), new byte[5]);
        assertEquals(Optional.empty(), keys.open(PLACE, nothing));
    }

    @Test
    void newestKey_seals_olderOnesOpen() {
        TokenKeys both = TokenKeys.of(List.of(OLD, NEW));
        assertEquals(Optional.of(TOKEN), both.open(PLACE, seal(OLD)));
        SealedToken sealed = both.seal(PLACE, TOKEN, RANDOM);
        assertEquals(both.newestId(), sealed.keyId());
        assertEquals(Optional.empty(), TokenKeys.of(List.of(OLD)).open(PLACE, sealed));
        assertEquals(Optional.of(TOKEN), TokenKeys.of(List.of(NEW)).open(PLACE, sealed));
        assertEquals(2, both.ids().size());
        assertTrue(both.ids().stream().noneMatch(id -> OLD.contains(id) || NEW.contains(id)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0101", "zz", "not hex at all"})
    void of_noKey_isRefused(String line) {
        assertThrows(IllegalArgumentException.class, () -> TokenKeys.of(List.of(line)));
    }

    @Test
    void file_isReadAgain_andOldKeysStayWhenItIsBroken() throws IOException {
        Path file = file(OLD + "\n\n", "rw-------");
        KeyFile keys = KeyFile.open(Optional.of(file)).orElseThrow();
        String before = keys.keys().newestId();
        Files.writeString(file, NEW + "\n", StandardOpenOption.APPEND);
        assertNotEquals(before, keys.keys().newestId());
        assertTrue(keys.keys().ids().contains(before));
        Files.writeString(file, "oh no");
        assertEquals(2, keys.keys().ids().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----"})
    void file_thatOthersCanReach_isRefused(String rights) throws IOException {
        Path file = file(OLD, rights);
        ConfigException refused =
                assertThrows(ConfigException.class, () -> KeyFile.open(Optional.of(file)));
        assertTrue(String.valueOf(refused.getMessage()).contains("chmod 600"));
    }

    @Test
    void file_missingOrEmpty_isRefused() throws IOException {
        Path missing = folder.resolve("missing");
        assertThrows(ConfigException.class, () -> KeyFile.open(Optional.of(missing)));
        Path empty = file("", "rw-------");
        assertThrows(ConfigException.class, () -> KeyFile.open(Optional.of(empty)));
        assertEquals(Optional.empty(), KeyFile.open(Optional.empty()).map(KeyFile::keys));
    }

    private Path file(String text, String rights) throws IOException {
        Path file = Files.writeString(folder.resolve("keys"), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rights));
    }
}
