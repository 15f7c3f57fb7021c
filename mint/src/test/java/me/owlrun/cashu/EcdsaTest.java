package me.owlrun.cashu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.HexFormat;
import java.util.Optional;

/// Signatures with the key, hash and signature of the first example of BOLT 11.
final class EcdsaTest {

    private static final HexFormat HEX = HexFormat.of();
    private static final Scalar KEY =
            Scalar.fromHex("e126f68f7eafcc8b74f54d269fe206be715000f94dac067d1c04a8ca3b2db734");
    private static final byte[] HASH =
            HEX.parseHex("6daf4d488be41ce7cbb487cab1ef2975e5efcea879b20d421f0ef86b07cbb987");
    private static final String SIGNATURE =
            "8d3ce9e28357337f62da0162d9454df827f83cfe499aeb1c1db349d4d81127425e434ca29929406c23bba"
                    + "1ae8ac6ca32880b38d4bf6ff874024cac34ba9625f101";

    @Test
    void sign_exampleOfBolt11_matches() {
        byte[] signature = Ecdsa.sign(HASH, KEY);
        assertEquals(SIGNATURE, HEX.formatHex(signature));
        assertTrue(Ecdsa.hasLowS(signature));
        assertEquals(Optional.of(KEY.publicKey()), Ecdsa.recover(HASH, signature));
    }

    @Test
    void recover_changedSignature_givesAnotherKeyOrNone() {
        byte[] signature = HEX.parseHex(SIGNATURE);
        for (int at = 0; at < signature.length; at++) {
            byte[] changed = signature.clone();
            changed[at] ^= 4;
            Optional<Point> key = Ecdsa.recover(HASH, changed);
            assertFalse(key.filter(KEY.publicKey()::equals).isPresent(), "at " + at);
        }
    }

    @Test
    void recover_numbersOutOfRange_givesNone() {
        assertEquals(Optional.empty(), Ecdsa.recover(HASH, new byte[Ecdsa.SIGNATURE_BYTES]));
        byte[] ones = HEX.parseHex("ff".repeat(64) + "00");
        assertEquals(Optional.empty(), Ecdsa.recover(HASH, ones));
        assertFalse(Ecdsa.hasLowS(ones));
    }
}
