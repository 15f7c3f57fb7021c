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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigInteger;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

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

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            textBlock =
                    """
                    signed                      | a  |                               | a    | OPEN
                    not signed                  | a  |                               | none | MISSING
                    empty list of signatures    | a  |                               |      | MISSING
                    signed by another           | a  |                               | b    | INVALID
                    one good among bad          | a  |                               | b a  | OPEN
                    key in capitals             | A  |                               | a    | OPEN
                    key with other sign         | -a |                               | a    | OPEN
                    default sigflag             | a  | [sigflag SIG_INPUTS]          | a    | OPEN
                    unknown sigflag             | a  | [sigflag SIG_NONE]            | a    | MALFORMED
                    sigflag in small letters    | a  | [sigflag sig_all]             | a    | MALFORMED
                    sigflag without value       | a  | [sigflag]                     | a    | MALFORMED
                    sigflag with two values     | a  | [sigflag SIG_ALL SIG_INPUTS]  | a    | MALFORMED
                    sigflag twice               | a  | [sigflag SIG_INPUTS] [sigflag SIG_INPUTS] | a | MALFORMED
                    another key may sign        | a  | [pubkeys b c]                 | c    | OPEN
                    no key of the list          | a  | [pubkeys b c]                 | d    | INVALID
                    list without keys           | a  | [pubkeys]                     | a    | OPEN
                    two of two                  | a  | [pubkeys b] [n_sigs 2]        | a b  | OPEN
                    two of two, other order     | a  | [n_sigs 2] [pubkeys b]        | b a  | OPEN
                    one of two                  | a  | [pubkeys b] [n_sigs 2]        | a    | INVALID
                    one key twice               | a  | [pubkeys b] [n_sigs 2]        | a a  | INVALID
                    two of three                | a  | [pubkeys b c] [n_sigs 2]      | b c  | OPEN
                    key again                   | a  | [pubkeys a] [n_sigs 2]        | a a  | MALFORMED
                    key again in capitals       | a  | [pubkeys A] [n_sigs 2]        | a a  | MALFORMED
                    key again, other sign       | a  | [pubkeys -a] [n_sigs 2]       | a a  | MALFORMED
                    key twice in the list       | a  | [pubkeys b -b]                | a    | MALFORMED
                    list twice                  | a  | [pubkeys b] [pubkeys c]       | a    | MALFORMED
                    n_sigs of 1                 | a  | [n_sigs 1]                    | a    | OPEN
                    n_sigs of 0                 | a  | [n_sigs 0]                    | a    | MALFORMED
                    n_sigs below 0              | a  | [n_sigs -1]                   | a    | MALFORMED
                    n_sigs above the keys       | a  | [pubkeys b] [n_sigs 3]        | a b  | MALFORMED
                    n_sigs of words             | a  | [n_sigs one]                  | a    | MALFORMED
                    n_sigs with a part          | a  | [n_sigs 1.0]                  | a    | MALFORMED
                    n_sigs with a plus          | a  | [n_sigs +1]                   | a    | MALFORMED
                    n_sigs beyond all numbers   | a  | [n_sigs 4294967297]           | a    | MALFORMED
                    n_sigs in other digits      | a  | [n_sigs ١]                    | a    | MALFORMED
                    n_sigs without value        | a  | [n_sigs]                      | a    | MALFORMED
                    n_sigs with two values      | a  | [pubkeys b] [n_sigs 1 2]      | a    | MALFORMED
                    n_sigs twice                | a  | [pubkeys b] [n_sigs 2] [n_sigs 1] | a b | MALFORMED
                    unknown tags                | a  | [note x] [note x]             | a    | OPEN
                    locked, owner               | a  | [locktime 2000] [refund b]    | a    | OPEN
                    locked, sender              | a  | [locktime 2000] [refund b]    | b    | INVALID
                    locked to this second       | a  | [locktime 1000] [refund b]    | b    | INVALID
                    expired, owner              | a  | [locktime 999] [refund b]     | a    | OPEN
                    expired, sender             | a  | [locktime 999] [refund b]     | b    | OPEN
                    expired, stranger           | a  | [locktime 999] [refund b]     | c    | INVALID
                    expired, nobody             | a  | [locktime 999] [refund b]     | none | MISSING
                    expired, no refund          | a  | [locktime 999]                | none | OPEN
                    locked, no refund           | a  | [locktime 2000]               | none | MISSING
                    expired, empty refund       | a  | [locktime 999] [refund]       | none | MISSING
                    expired, empty refund, owner| a  | [locktime 999] [refund]       | a    | OPEN
                    one second late             | a  | [locktime 1000]               | none | MISSING
                    locktime of words           | a  | [locktime soon]               | none | MISSING
                    locktime below 0            | a  | [locktime -5]                 | none | MISSING
                    locktime beyond all numbers | a  | [locktime 99999999999999999999] | none | MISSING
                    locktime without value      | a  | [locktime]                    | none | MISSING
                    locktime with two values    | a  | [locktime 1 2]                | none | MISSING
                    locktime twice              | a  | [locktime 1] [locktime 2]     | a    | MALFORMED
                    refund without locktime     | a  | [refund b]                    | b    | INVALID
                    paths do not mix            | a  | [pubkeys b] [n_sigs 2] [locktime 9] [refund c d] [n_sigs_refund 2] | a c | INVALID
                    two of two refunds          | a  | [locktime 9] [refund b c] [n_sigs_refund 2] | b c | OPEN
                    one of two refunds          | a  | [locktime 9] [refund b c] [n_sigs_refund 2] | b | INVALID
                    owner among the refunds     | a  | [locktime 9] [refund -a b] [n_sigs_refund 2] | a b | OPEN
                    refund key twice            | a  | [locktime 9] [refund b -b]    | a    | MALFORMED
                    refund twice                | a  | [refund b] [refund c]         | a    | MALFORMED
                    n_sigs_refund of 0          | a  | [refund b] [n_sigs_refund 0]  | a    | MALFORMED
                    n_sigs_refund above         | a  | [refund b] [n_sigs_refund 2]  | a    | MALFORMED
                    n_sigs_refund without refund| a  | [n_sigs_refund 1]             | a    | MALFORMED
                    n_sigs_refund twice         | a  | [refund b] [n_sigs_refund 1] [n_sigs_refund 1] | a | MALFORMED
                    key in the list is no point | a  | [pubkeys 02ab]                | a    | MALFORMED
                    refund key is no point      | a  | [refund x]                    | a    | MALFORMED
                    data is short               | 02ab |                             | a    | MALFORMED
                    data is only x              | xa |                               | a    | MALFORMED
                    """)
    void p2pk(String name, String data, String tags, String signers, String expected) {
        assertOutcome(expected, secret("P2PK", data, tags), signers);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            textBlock =
                    """
                    preimage                    | h  |                               | pre     | OPEN
                    hash in capitals            | H  |                               | pre     | OPEN
                    nothing shown               | h  |                               | none    | INVALID
                    another preimage            | h  |                               | other   | INVALID
                    preimage in capitals        | h  |                               | PRE     | INVALID
                    preimage with a byte more   | h  |                               | long    | INVALID
                    preimage and key            | h  | [pubkeys a]                   | pre a   | OPEN
                    preimage alone              | h  | [pubkeys a]                   | pre     | MISSING
                    key alone                   | h  | [pubkeys a]                   | a       | INVALID
                    any key of two              | h  | [pubkeys a b]                 | pre b   | OPEN
                    two of two                  | h  | [pubkeys a b] [n_sigs 2]      | pre a b | OPEN
                    one of two                  | h  | [pubkeys a b] [n_sigs 2]      | pre a   | INVALID
                    locked, sender              | h  | [pubkeys a] [locktime 2000] [refund b] | b | INVALID
                    locked, sender knows it     | h  | [pubkeys a] [locktime 2000] [refund b] | pre b | INVALID
                    expired, sender             | h  | [pubkeys a] [locktime 999] [refund b] | b | OPEN
                    expired, sender with text   | h  | [pubkeys a] [locktime 999] [refund b] | other b | OPEN
                    expired, receiver           | h  | [pubkeys a] [locktime 999] [refund b] | pre a | OPEN
                    expired, no refund          | h  | [pubkeys a] [locktime 999]    | none    | OPEN
                    list without keys           | h  | [pubkeys]                     | pre     | OPEN
                    n_sigs without keys         | h  | [n_sigs 1]                    | pre a   | MALFORMED
                    n_sigs above the keys       | h  | [pubkeys a] [n_sigs 2]        | pre a   | MALFORMED
                    key twice                   | h  | [pubkeys a -a]                | pre a   | MALFORMED
                    hash is short               | 00 |                               | pre     | MALFORMED
                    hash is a key               | a  |                               | pre     | MALFORMED
                    """)
    void htlc(String name, String data, String tags, String shown, String expected) {
        assertOutcome(expected, secret("HTLC", data, tags), shown);
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
        if (tags != null) {
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
        for (String word : List.of(shown == null ? new String[0] : shown.split(" ", -1))) {
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
