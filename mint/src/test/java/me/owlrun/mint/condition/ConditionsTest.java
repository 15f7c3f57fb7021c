package me.owlrun.mint.condition;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.Proof;
import me.owlrun.cashu.Scalar;
import me.owlrun.hash.Sha256;
import me.owlrun.json.Json;
import me.owlrun.mint.outcome.ErrorCode;
import me.owlrun.mint.testing.TestLock;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Every rule of NUT-10, NUT-11 and NUT-14 for one input, a line per case. It is second 1000. In
/// the tables `a` to `d` are keys, `A` is `a` in capitals, `-a` is `a` with the other sign of y.
final class ConditionsTest {

    private static final Conditions CONDITIONS =
            new Conditions(InstantSource.fixed(Instant.ofEpochSecond(1000)));

    private static final Map<String, Scalar> KEYS =
            Map.of("a", key(11), "b", key(12), "c", key(13), "d", key(14));

    private static final String PREIMAGE = "ab".repeat(32);
    private static final String HASH =
            HexFormat.of().formatHex(Sha256.of(HexFormat.of().parseHex(PREIMAGE)));

    private static Scalar key(long value) {
        return new Scalar(BigInteger.valueOf(value));
    }

    /// A line of a table.
    record Row(String name, String data, String tags, String shown, String outcome) {

        static Row of(String line) {
            List<String> cells = Stream.of(line.split("\\|", -1)).map(String::strip).toList();
            return new Row(cells.get(0), cells.get(1), cells.get(2), cells.get(3), cells.get(4));
        }
    }

    static Stream<Row> p2pk() {
        return rows("p2pk.txt");
    }

    static Stream<Row> htlc() {
        return rows("htlc.txt");
    }

    private static Stream<Row> rows(String table) {
        try (InputStream in = ConditionsTest.class.getResourceAsStream("/conditions/" + table)) {
            if (in == null) {
                throw new AssertionError("no table " + table);
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return text.lines().skip(1).map(Row::of).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("p2pk")
    void p2pk_row_isJudged(Row row) {
        String secret = secret("P2PK", row.data(), row.tags());
        assertOutcome(row.outcome(), secret, row.shown());
    }

    @ParameterizedTest
    @MethodSource("htlc")
    void htlc_row_isJudged(Row row) {
        String secret = secret("HTLC", row.data(), row.tags());
        assertOutcome(row.outcome(), secret, row.shown());
    }

    /// Whole secrets that start like a condition and are none: nobody may spend them.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "['P2PK'",
                "['P2PK']",
                "['P2PK',{}]",
                "['P2PK','$a']",
                "['P2PK',{'data':'$a'}]",
                "['P2PK',{'nonce':1,'data':'$a'}]",
                "['P2PK',{'nonce':'0'}]",
                "['P2PK',{'nonce':'0','data':1}]",
                "['P2PK',{'nonce':'0','data':'$a'},1]",
                "['P2PK',{'nonce':'0','data':'$a'}] x",
                "['P2PK',{'nonce':'0','data':'$a','data':'$b'}]",
                "['P2PK',{'nonce':'0','data':'$a','tags':{}}]",
                "['P2PK',{'nonce':'0','data':'$a','tags':'x'}]",
                "['P2PK',{'nonce':'0','data':'$a','tags':['locktime','1']}]",
                "['P2PK',{'nonce':'0','data':'$a','tags':[[]]}]",
                "['P2PK',{'nonce':'0','data':'$a','tags':[['']]}]",
                "['P2PK',{'nonce':'0','data':'$a','tags':[['locktime',1]]}]",
                "['P2PK',{'nonce':'0','data':'$a','tags':[['note','']]}]",
                "['P2PK',{'nonce':'0','data':'$a','tags':[['note',null]]}]",
                "\n[ 'HTLC' ,not JSON",
                "['\\u00502PK',{'data':1,'data':2}]"
            })
    void malformedSecret_cannotBeSpent(String text) {
        assertOutcome("MALFORMED", quoted(text), "a");
    }

    /// Whole secrets that are good: their owner may spend them, and nobody else.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "['P2PK',{'nonce':'0','data':'$a'}]",
                "['P2PK',{'nonce':'','data':'$a','tags':null}]",
                " [ 'P2PK' , {'more':1,'data':'$a','nonce':'0','tags':[]}]\n",
                "['\\u0050\\u0032PK',{'nonce':'0','data':'$a'}]"
            })
    void unusualSecret_isSpentByItsOwner(String text) {
        assertOutcome("OPEN", quoted(text), "a");
        assertOutcome("INVALID", quoted(text), "b");
    }

    /// Secrets that lock nothing.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "P2PK",
                "['p2pk',{}]",
                "['P2PK2',{}]",
                "['FUTURE',{'nonce':1}]",
                "[['P2PK']]",
                "{'P2PK':1}",
                "['P2PK",
                "[",
                "",
                "[1,'P2PK']",
                "'P2PK'"
            })
    void plainSecret_isSpentByAnybody(String text) {
        assertOutcome("OPEN", quoted(text), "none");
    }

    /// Witnesses that are no witness.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "[]",
                "1",
                "{'signatures':'x'}",
                "{'signatures':[1]}",
                "{'signatures':['xy']}",
                "{'signatures':['0']}",
                "{'signatures':[null]}",
                "{'preimage':1}",
                "{'signatures':{}}"
            })
    void malformedWitness_isInvalid(String witness) {
        Proof proof = proof(TestLock.p2pk(key(11)).secret(), Optional.of(quoted(witness)));
        assertEquals(Optional.of(ErrorCode.WITNESS_INVALID), flaw(proof));
    }

    private static String quoted(String text) {
        return text.replace('\'', '"')
                .replace("$a", key(11).publicKey().toHex())
                .replace("$b", key(12).publicKey().toHex());
    }

    private static void assertOutcome(String expected, String secret, String shown) {
        Optional<ErrorCode> code =
                switch (expected) {
                    case "OPEN" -> Optional.empty();
                    case "MISSING" -> Optional.of(ErrorCode.WITNESS_MISSING);
                    case "INVALID" -> Optional.of(ErrorCode.WITNESS_INVALID);
                    case "MALFORMED" -> Optional.of(ErrorCode.CONDITION_MALFORMED);
                    default -> throw new AssertionError(expected);
                };
        assertEquals(code, flaw(proof(secret, witness(shown, secret))), secret);
    }

    private static Optional<ErrorCode> flaw(Proof proof) {
        return CONDITIONS.flaw(List.of(proof), List.of(), "");
    }

    private static Proof proof(String secret, Optional<String> witness) {
        return new Proof(
                1,
                new KeysetId("00bfa73302d12ffd"),
                secret,
                key(99).publicKey(),
                witness,
                Optional.empty());
    }

    private static String secret(String kind, String data, String tags) {
        ArrayNode list = Json.array().add(kind);
        ObjectNode body = list.addObject().put("nonce", "0").put("data", value(data));
        ArrayNode all = body.putArray("tags");
        if (!tags.isEmpty()) {
            for (String tag : List.of(tags.substring(1, tags.length() - 1).split("] \\[", -1))) {
                ArrayNode one = all.addArray();
                List.of(tag.split(" ", -1)).forEach(text -> one.add(value(text)));
            }
        }
        return Json.text(list);
    }

    /// The words of the tables, in full.
    private static String value(String word) {
        Scalar key = KEYS.get(word);
        if (key != null) {
            return key.publicKey().toHex();
        }
        return switch (word) {
            case "A" -> value("a").toUpperCase(Locale.ROOT);
            case "-a", "-b" -> otherSign(value(word.substring(1)));
            case "xa" -> value("a").substring(2);
            case "h" -> HASH;
            case "H" -> HASH.toUpperCase(Locale.ROOT);
            default -> word;
        };
    }

    private static String otherSign(String keyHex) {
        return (keyHex.startsWith("02") ? "03" : "02") + keyHex.substring(2);
    }

    private static Optional<String> witness(String shown, String secret) {
        if ("none".equals(shown)) {
            return Optional.empty();
        }
        ObjectNode witness = Json.object();
        ArrayNode signatures = witness.putArray("signatures");
        for (String word : List.of(shown.isEmpty() ? new String[0] : shown.split(" ", -1))) {
            switch (word) {
                case "pre" -> witness.put("preimage", PREIMAGE);
                case "PRE" -> witness.put("preimage", PREIMAGE.toUpperCase(Locale.ROOT));
                case "other" -> witness.put("preimage", "00".repeat(32));
                case "long" -> witness.put("preimage", PREIMAGE + "00");
                default -> {
                    Scalar key = KEYS.get(word);
                    if (key == null) {
                        throw new AssertionError("no key " + word);
                    }
                    signatures.add(TestLock.sign(secret, key));
                }
            }
        }
        return Optional.of(Json.text(witness));
    }
}
