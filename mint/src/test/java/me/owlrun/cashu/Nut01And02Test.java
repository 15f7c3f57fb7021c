package me.owlrun.cashu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.Test;

import java.math.BigInteger;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;

/// The vectors of NUT-01 (keys) and NUT-02 (keyset identifiers, fees).
final class Nut01And02Test {

    @Test
    void keys_vectors_areAcceptedOrRefused() {
        JsonNode vectors = Vectors.read("nut01.json");
        assertEquals(2, vectors.path("invalid").size());
        for (JsonNode keys : vectors.path("invalid")) {
            assertThrows(CashuFormatException.class, () -> Vectors.keys(keys));
        }
        assertEquals(2, vectors.path("valid").size());
        for (JsonNode keys : vectors.path("valid")) {
            assertEquals(keys.size(), Vectors.keys(keys).size());
        }
        SortedMap<BigInteger, Point> large = Vectors.keys(vectors.path("valid").path(1));
        assertEquals(BigInteger.TWO.pow(63), large.lastKey());
    }

    @Test
    void deriveV1_vectors_match() {
        JsonNode vectors = Vectors.read("nut02.json").path("v1");
        assertEquals(2, vectors.size());
        for (JsonNode vector : vectors) {
            assertEquals(
                    new KeysetId(vector.path("id").textValue()),
                    KeysetId.deriveV1(Vectors.keys(vector.path("keys"))));
        }
    }

    @Test
    void deriveV2_vectors_match() {
        JsonNode vectors = Vectors.read("nut02.json").path("v2");
        assertEquals(3, vectors.size());
        for (JsonNode vector : vectors) {
            JsonNode expiry = vector.path("final_expiry");
            Keyset keyset =
                    new Keyset(
                            new KeysetId(vector.path("id").textValue()),
                            vector.path("unit").textValue(),
                            true,
                            vector.path("input_fee_ppk").longValue(),
                            expiry.isNull()
                                    ? OptionalLong.empty()
                                    : OptionalLong.of(expiry.longValue()),
                            Vectors.keys(vector.path("keys")));
            assertTrue(keyset.idMatchesContents());
            assertFalse(
                    new Keyset(
                                    keyset.id(),
                                    "usd",
                                    true,
                                    keyset.inputFeePpk(),
                                    keyset.finalExpiry(),
                                    keyset.keys())
                            .idMatchesContents());
        }
    }

    @Test
    void matches_shortForm_meansTheFullOne() {
        KeysetId full =
                new KeysetId("01adc013fa9d85171586660abab27579888611659d357bc86bc09cb26eee8bc035");
        assertTrue(new KeysetId("01adc013fa9d8517").matches(full));
        assertFalse(new KeysetId("01adc013fa9d8518").matches(full));
        assertFalse(new KeysetId("00adc013fa9d8517").matches(full));
        assertTrue(full.matches(full));
    }

    @Test
    void keysetId_malformed_isRefused() {
        for (String id :
                List.of("", "00", "00ADC013FA9D8517", "zzadc013fa9d8517", "0".repeat(65))) {
            assertThrows(CashuFormatException.class, () -> new KeysetId(id));
        }
    }

    @Test
    void transactionFee_perThousand_roundsUpOnce() {
        assertEquals(0, Keyset.transactionFee(List.of()));
        assertEquals(0, Keyset.transactionFee(List.of(0L, 0L)));
        assertEquals(1, Keyset.transactionFee(List.of(100L, 100L, 100L)));
        assertEquals(1, Keyset.transactionFee(List.of(400L, 600L)));
        assertEquals(2, Keyset.transactionFee(List.of(400L, 601L)));
    }
}
