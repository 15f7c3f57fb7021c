package me.owlrun.bolt11;

import me.owlrun.bech32.Bech32;
import me.owlrun.bech32.Words;
import me.owlrun.cashu.CashuFormatException;
import me.owlrun.cashu.Ecdsa;
import me.owlrun.cashu.Point;
import me.owlrun.money.Msat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads invoices (BOLT 11) and checks all that can be checked without a node: checksum, amount,
/// required fields, features, signature.
public final class InvoiceReader {

    /// Characters of the longest invoice that is looked at.
    public static final int CHARS_MAX = 4096;

    private static final Pattern PREFIX = Pattern.compile("ln(bcrt|bc|tbs|tb)([0-9].*)?");
    private static final String TAGS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private static final int TIMESTAMP_WORDS = 7;
    private static final int SIGNATURE_WORDS = 104;
    private static final int HASH_WORDS = 52;
    private static final int KEY_WORDS = 53;
    private static final int EXPIRY_WORDS_MAX = 6;

    /// Features that a payer must know and that every node of today knows (BOLT 9): onion format,
    /// payment secret, multi-path, route blinding, payment metadata.
    private static final Set<Integer> KNOWN_FEATURES = Set.of(8, 14, 16, 24, 48);

    private static final int CLTV_WORDS_MAX = 12;

    private InvoiceReader() {}

    /// What became of a text.
    public sealed interface Reading {

        /// It is a valid invoice.
        record Valid(Invoice invoice) implements Reading {}

        /// It is none.
        record Flawed(Flaw flaw) implements Reading {}
    }

    /// The first thing that is wrong with a text.
    public enum Flaw {
        /// It is no invoice, or breaks a rule that has no name here.
        FORM,
        /// It asks for no whole number of millisats.
        AMOUNT,
        /// It has no payment secret.
        SECRET,
        /// Nobody's signature, or not that of the key it names.
        SIGNATURE
    }

    /// Reads an invoice in either letter case.
    ///
    /// @return empty when it is no valid invoice
    public static Optional<Invoice> read(String text) {
        return inspect(text) instanceof Reading.Valid(Invoice invoice)
                ? Optional.of(invoice)
                : Optional.empty();
    }

    /// Reads an invoice in either letter case, or says what is wrong with it.
    public static Reading inspect(String text) {
        if (text.length() > CHARS_MAX) {
            return new Reading.Flawed(Flaw.FORM);
        }
        return Bech32.decode(text, Bech32.Variant.BECH32)
                .map(InvoiceReader::inspect)
                .orElse(new Reading.Flawed(Flaw.FORM));
    }

    private static Reading inspect(Bech32 bech32) {
        Matcher prefix = PREFIX.matcher(bech32.prefix());
        byte[] words = bech32.words();
        if (!prefix.matches() || words.length < TIMESTAMP_WORDS + SIGNATURE_WORDS) {
            return new Reading.Flawed(Flaw.FORM);
        }
        String amountText = prefix.group(2);
        Optional<Msat> amount =
                amountText == null ? Optional.empty() : InvoiceAmount.parse(amountText);
        if (amountText != null && amount.isEmpty()) {
            return new Reading.Flawed(Flaw.AMOUNT);
        }
        int dataWords = words.length - SIGNATURE_WORDS;
        Optional<Map<Byte, byte[]>> fields =
                fields(Arrays.copyOfRange(words, TIMESTAMP_WORDS, dataWords));
        if (fields.isEmpty() || !hasRequired(fields.get())) {
            return new Reading.Flawed(Flaw.FORM);
        }
        if (!fields.get().containsKey(tag('s'))) {
            return new Reading.Flawed(Flaw.SECRET);
        }
        return payee(bech32, dataWords, fields.get())
                .<Reading>map(payee ->
                        new Reading.Valid(
                                invoice(bech32, prefix.group(1), amount, fields.get(), payee)))
                .orElse(new Reading.Flawed(Flaw.SIGNATURE));
    }

    private static Invoice invoice(
            Bech32 bech32,
            String network,
            Optional<Msat> amount,
            Map<Byte, byte[]> fields,
            Point payee) {
        long seconds = Words.toNumber(Arrays.copyOf(bech32.words(), TIMESTAMP_WORDS));
        return new Invoice(
                bech32.encode(Bech32.Variant.BECH32),
                network,
                amount,
                PaymentHash.of(Words.toBytes(field(fields, 'p'))),
                description(fields),
                descriptionHash(fields),
                Instant.ofEpochSecond(seconds),
                expiry(fields),
                finalCltv(fields),
                payee);
    }

    /// The first field of each tag; fields of a fixed length that have another one are skipped, as
    /// the specification demands.
    private static Optional<Map<Byte, byte[]>> fields(byte[] words) {
        Map<Byte, byte[]> fields = new HashMap<>();
        int at = 0;
        while (at < words.length) {
            if (words.length - at < 3) {
                return Optional.empty();
            }
            byte tag = words[at];
            int length = (words[at + 1] << 5) + words[at + 2];
            at += 3;
            if (length > words.length - at) {
                return Optional.empty();
            }
            if (lengthIsRight(tag, length)) {
                fields.putIfAbsent(tag, Arrays.copyOfRange(words, at, at + length));
            }
            at += length;
        }
        return Optional.of(fields);
    }

    private static boolean lengthIsRight(byte tag, int length) {
        return switch (TAGS.charAt(tag)) {
            case 'p', 'h', 's' -> length == HASH_WORDS;
            case 'n' -> length == KEY_WORDS;
            case 'x' -> length <= EXPIRY_WORDS_MAX;
            case 'c' -> length <= CLTV_WORDS_MAX;
            default -> true;
        };
    }

    private static boolean hasRequired(Map<Byte, byte[]> fields) {
        boolean described = fields.containsKey(tag('d')) || fields.containsKey(tag('h'));
        return described && fields.containsKey(tag('p')) && featuresAreKnown(field(fields, '9'));
    }

    /// Even numbers are features that a payer must know.
    private static boolean featuresAreKnown(byte[] words) {
        int bits = words.length * 5;
        for (int feature = 0; feature < bits; feature += 2) {
            int word = words[words.length - 1 - feature / 5];
            boolean set = ((word >>> (feature % 5)) & 1) == 1;
            if (set && !KNOWN_FEATURES.contains(feature)) {
                return false;
            }
        }
        return true;
    }

    private static Optional<Point> payee(Bech32 bech32, int dataWords, Map<Byte, byte[]> fields) {
        byte[] hash =
                InvoiceWriter.signedHash(bech32.prefix(), Arrays.copyOf(bech32.words(), dataWords));
        byte[] signature =
                Words.toBytes(Arrays.copyOfRange(bech32.words(), dataWords, bech32.words().length));
        Optional<Point> signer = Ecdsa.recover(hash, signature);
        if (!fields.containsKey(tag('n'))) {
            return signer;
        }
        // With the key named, nothing needs recovery, so only the canonical low S is allowed.
        return Ecdsa.hasLowS(signature)
                ? signer.filter(key -> namedKey(fields).filter(key::equals).isPresent())
                : Optional.empty();
    }

    private static Optional<Point> namedKey(Map<Byte, byte[]> fields) {
        try {
            return Optional.of(Point.fromBytes(Words.toBytes(field(fields, 'n'))));
        } catch (CashuFormatException e) {
            return Optional.empty();
        }
    }

    private static String description(Map<Byte, byte[]> fields) {
        return new String(Words.toBytes(field(fields, 'd')), StandardCharsets.UTF_8);
    }

    private static Optional<String> descriptionHash(Map<Byte, byte[]> fields) {
        return Optional.ofNullable(fields.get(tag('h')))
                .map(words -> HexFormat.of().formatHex(Words.toBytes(words)));
    }

    private static long finalCltv(Map<Byte, byte[]> fields) {
        byte[] words = field(fields, 'c');
        return words.length == 0 ? Invoice.FINAL_CLTV_BLOCKS_DEFAULT : Words.toNumber(words);
    }

    private static Duration expiry(Map<Byte, byte[]> fields) {
        byte[] words = field(fields, 'x');
        return words.length == 0
                ? Invoice.EXPIRY_DEFAULT
                : Duration.ofSeconds(Words.toNumber(words));
    }

    private static byte[] field(Map<Byte, byte[]> fields, char letter) {
        return fields.getOrDefault(tag(letter), new byte[0]);
    }

    static byte tag(char letter) {
        return (byte) TAGS.indexOf(letter);
    }
}
