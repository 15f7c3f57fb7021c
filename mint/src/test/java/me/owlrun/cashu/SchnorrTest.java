package me.owlrun.cashu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;

/// Schnorr signatures against the published vectors of BIP 340.
final class SchnorrTest {

    private static final HexFormat HEX = HexFormat.of();

    /// A row of the published file.
    record Row(
            String secretKey,
            String publicKey,
            String auxiliary,
            String message,
            String signature,
            boolean valid,
            String comment) {

        static Row of(String line) {
            String[] cells = line.split(",", 8);
            return new Row(
                    cells[1],
                    cells[2],
                    cells[3],
                    cells[4],
                    cells[5],
                    cells[6].equals("TRUE"),
                    cells[0] + " " + cells[7]);
        }
    }

    static Stream<Row> rows() throws IOException {
        try (InputStream in = SchnorrTest.class.getResourceAsStream("/vectors/bip340.csv")) {
            if (in == null) {
                throw new AssertionError("no vectors");
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return text.lines().skip(1).map(Row::of).toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void vector_matches(Row row) {
        byte[] message = HEX.parseHex(row.message());
        byte[] signature = HEX.parseHex(row.signature());
        assertEquals(row.valid(), verifies(message, "02" + row.publicKey(), signature));
        assertEquals(row.valid(), verifies(message, "03" + row.publicKey(), signature));
        if (!row.secretKey().isEmpty()) {
            Scalar key = Scalar.fromHex(row.secretKey());
            byte[] made = Schnorr.sign(message, key, HEX.parseHex(row.auxiliary()));
            assertEquals(row.signature(), HEX.withUpperCase().formatHex(made));
        }
    }

    private static boolean verifies(byte[] message, String publicKey, byte[] signature) {
        try {
            return Schnorr.verify(message, Point.fromHex(publicKey), signature);
        } catch (CashuFormatException _) {
            return false;
        }
    }

    @Test
    void verify_anyBitFlipped_fails() {
        SecureRandom random = new SecureRandom();
        Scalar key = Scalar.random(random);
        byte[] message = new byte[32];
        byte[] signature = Schnorr.sign(message, key, new byte[32]);
        assertTrue(Schnorr.verify(message, key.publicKey(), signature));
        for (int bit = 0; bit < 8 * signature.length; bit += 7) {
            byte[] flipped = signature.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertFalse(Schnorr.verify(message, key.publicKey(), flipped), "bit " + bit);
        }
        byte[] longer = Arrays.copyOf(signature, signature.length + 1);
        assertFalse(Schnorr.verify(message, key.publicKey(), longer));
        assertFalse(Schnorr.verify(message, key.publicKey(), new byte[0]));
        assertFalse(Schnorr.verify(message, key.publicKey(), new byte[64]));
        Point other = Scalar.random(random).publicKey();
        assertFalse(Schnorr.verify(message, other, signature));
    }
}
