package me.owlrun.cashu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;

/// What the readers of the protocol's forms take and what they refuse.
final class FormatTest {

    private static final String POINT =
            "02a9acc1e48c25eeeb9289b5031cc57da9fe72f3fe2861d264bdc074209b107ba2";
    private static final String GOOD =
            "{\"amount\":1,\"id\":\"00882760bfa2eb41\",\"secret\":\"s\",\"C\":\"" + POINT + "\"}";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "02",
                "04a9acc1e48c25eeeb9289b5031cc57da9fe72f3fe2861d264bdc074209b107ba2",
                "00a9acc1e48c25eeeb9289b5031cc57da9fe72f3fe2861d264bdc074209b107ba2",
                "020000000000000000000000000000000000000000000000000000000000000000",
                "02ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                "0Xa9acc1e48c25eeeb9289b5031cc57da9fe72f3fe2861d264bdc074209b107ba2",
                "02a9acc1e48c25eeeb9289b5031cc57da9fe72f3fe2861d264bdc074209b107ba2 "
            })
    void point_malformed_isRefused(String hex) {
        assertThrows(CashuFormatException.class, () -> Point.fromHex(hex));
    }

    @Test
    void point_upperCase_isTheSamePoint() {
        Point upper = Point.fromHex(POINT.toUpperCase(Locale.ROOT));
        assertEquals(Point.fromHex(POINT), upper);
        assertEquals(POINT, upper.toHex());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "0000000000000000000000000000000000000000000000000000000000000000",
                "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
            })
    void scalar_outOfRange_isRefused(String hex) {
        assertThrows(CashuFormatException.class, () -> Scalar.fromHex(hex));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"amount\":0}",
                "{\"amount\":-1}",
                "{\"amount\":1.0}",
                "{\"amount\":\"1\"}",
                "{\"amount\":9223372036854775808}",
                "{\"amount\":null}",
                "{\"id\":\"\"}",
                "{\"id\":1}",
                "{\"secret\":null}",
                "{\"secret\":{}}",
                "{\"C\":\"02\"}",
                "{\"C\":null}",
                "{\"witness\":{}}",
                "{\"dleq\":{}}",
                "{\"dleq\":{\"e\":\"1\",\"s\":\"2\"}}"
            })
    void proof_oneFieldWrong_isRefused(String change) {
        JsonNode good = Json.parse(GOOD);
        assertEquals("s", CashuJson.proof(good).secret());
        var bad = Json.parseObject(GOOD).setAll(Json.parseObject(change));
        assertThrows(CashuFormatException.class, () -> CashuJson.proof(bad));
    }

    @Test
    void proof_unknownAndNullFields_areIgnored() {
        var more = Json.parseObject(GOOD).put("future", 1).putNull("witness").putNull("dleq");
        assertEquals(CashuJson.proof(Json.parse(GOOD)), CashuJson.proof(more));
    }

    @Test
    void list_tooLongOrNone_isRefused() {
        JsonNode two = Json.parse("{\"a\":[1,2],\"b\":1}");
        assertEquals(2, CashuJson.list(two, "a", 2, node -> node).size());
        assertThrows(CashuFormatException.class, () -> CashuJson.list(two, "a", 1, node -> node));
        assertThrows(CashuFormatException.class, () -> CashuJson.list(two, "b", 9, node -> node));
        assertThrows(CashuFormatException.class, () -> CashuJson.list(two, "c", 9, node -> node));
    }

    @Test
    void decode_anyMutationOfATokens_neverThrows() {
        JsonNode vectors = Vectors.read("nut00.json");
        List<String> texts =
                List.of(
                        vectors.path("token_v3").path("serialized").textValue(),
                        vectors.path("token_v4").path(1).path("serialized").textValue());
        Random random = new Random(42);
        int refused = 0;
        for (int i = 0; i < 4_000; i++) {
            StringBuilder text = new StringBuilder(texts.get(i % 2));
            for (int edits = random.nextInt(4); edits >= 0; edits--) {
                int at = 6 + random.nextInt(text.length() - 6);
                switch (random.nextInt(3)) {
                    case 0 -> text.setCharAt(at, (char) (32 + random.nextInt(95)));
                    case 1 -> text.deleteCharAt(at);
                    default -> text.setLength(at);
                }
                if (text.length() < 8) {
                    break;
                }
            }
            if (TokenCodec.decode(text.toString()) instanceof TokenCodec.Malformed) {
                refused++;
            }
        }
        assertTrue(refused > 3_000, "only " + refused + " of 4000 were refused");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "cashu", "cashuC", "cashuA", "cashuB", "cashuA!!", "cashuB=="})
    void decode_noToken_isMalformed(String text) {
        assertInstanceOf(TokenCodec.Malformed.class, TokenCodec.decode(text));
    }

    @Test
    void split_anyAmount_addsUp() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 500; i++) {
            long amount = random.nextLong(1L << random.nextInt(1, 50));
            assertEquals(amount, sum(Amounts.split(amount)));
            assertEquals(amount, sum(Amounts.splitForAnyChange(amount)));
        }
        assertEquals(List.of(), Amounts.split(0));
        assertEquals(List.of(1L, 4L, 8L), Amounts.split(13));
        assertThrows(IllegalArgumentException.class, () -> Amounts.split(-1));
    }

    @Test
    void splitForChange_anyCostUpToTheBound_leavesASumOfTheOthers() {
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 2_000; i++) {
            long amount = random.nextLong(1, i % 2 == 0 ? 3_000 : 1L << 40);
            long costMax = random.nextLong(1 + Math.min(amount, 1L << random.nextInt(1, 41)));
            List<Long> parts = Amounts.splitForChange(amount, costMax);
            assertEquals(amount, sum(parts));
            assertTrue(parts.size() <= Amounts.splitForAnyChange(amount).size());
            for (long cost : List.of(0L, costMax, random.nextLong(costMax + 1))) {
                long rest = amount - cost;
                for (long part : parts.reversed()) {
                    rest -= part <= rest ? part : 0;
                }
                assertEquals(0, rest, amount + " in " + parts + " after " + cost);
            }
        }
    }

    @Test
    void splitForAnyChange_holdsEverySmallerSum() {
        for (long amount = 1; amount <= 64; amount++) {
            Set<Long> sums = new HashSet<>(Set.of(0L));
            for (long part : Amounts.splitForAnyChange(amount)) {
                Set<Long> more = new HashSet<>(sums);
                sums.forEach(sum -> more.add(sum + part));
                sums = more;
            }
            assertEquals(amount + 1, sums.size());
        }
    }

    @Test
    void currencyUnit_conversions_roundAsNamed() {
        assertEquals(Optional.of(CurrencyUnit.SAT), CurrencyUnit.ofText("sat"));
        assertEquals(Optional.empty(), CurrencyUnit.ofText("usd"));
        assertEquals(Msat.of(2_000), CurrencyUnit.SAT.toMsat(2));
        assertEquals(1, CurrencyUnit.SAT.floorSteps(Msat.of(1_999)));
        assertEquals(2, CurrencyUnit.SAT.ceilSteps(Msat.of(1_001)));
        assertEquals(1_001, CurrencyUnit.MSAT.ceilSteps(Msat.of(1_001)));
        assertThrows(ArithmeticException.class, () -> CurrencyUnit.SAT.toMsat(Long.MAX_VALUE));
    }

    private static long sum(List<Long> parts) {
        return parts.stream().mapToLong(Long::longValue).sum();
    }
}
