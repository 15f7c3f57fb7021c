package me.owlrun.bolt11;

import me.owlrun.bech32.Bech32;
import me.owlrun.bech32.Words;
import me.owlrun.cashu.Ecdsa;
import me.owlrun.cashu.Scalar;
import me.owlrun.hash.Sha256;
import me.owlrun.money.Msat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;

/// Writes and signs invoices (BOLT 11), for backends that have no node to do it.
public final class InvoiceWriter {

    /// UTF-8 bytes a description may have.
    public static final int DESCRIPTION_BYTES_MAX = 639;

    private static final String PREFIX = "ln";
    private static final int TIMESTAMP_WORDS = 7;
    private static final int LENGTH_WORDS = 2;
    private static final long FEATURES = (1L << 8) | (1L << 14);
    private static final long MIN_FINAL_CLTV_DELTA = 18;

    private InvoiceWriter() {}

    /// What an invoice shall say.
    ///
    /// @param network the currency of its prefix, `bc` for Bitcoin
    /// @param amount above zero
    /// @param paymentSecretHex 32 bytes as hexadecimal digits
    /// @param description at most [#DESCRIPTION_BYTES_MAX] bytes
    public record Draft(
            String network,
            Msat amount,
            PaymentHash paymentHash,
            String paymentSecretHex,
            String description,
            Instant timestamp,
            Duration expiry) {}

    /// The signed invoice.
    ///
    /// @param nodeKey the private key of the node that gets the money
    public static String write(Draft draft, Scalar nodeKey) {
        byte[] description = draft.description().getBytes(StandardCharsets.UTF_8);
        if (description.length > DESCRIPTION_BYTES_MAX || !draft.amount().isPositive()) {
            throw new IllegalArgumentException("description too long or amount not above zero");
        }
        String prefix = PREFIX + draft.network() + InvoiceAmount.format(draft.amount());
        byte[] words =
                Words.concat(
                        Words.ofNumber(draft.timestamp().getEpochSecond(), TIMESTAMP_WORDS),
                        field(
                                's',
                                Words.ofBytes(HexFormat.of().parseHex(draft.paymentSecretHex()))),
                        field('p', Words.ofBytes(draft.paymentHash().bytes())),
                        field('d', Words.ofBytes(description)),
                        field('x', Words.ofNumber(draft.expiry().toSeconds())),
                        field('c', Words.ofNumber(MIN_FINAL_CLTV_DELTA)),
                        field('9', Words.ofNumber(FEATURES)));
        byte[] signature = Ecdsa.sign(signedHash(prefix, words), nodeKey);
        return new Bech32(prefix, Words.concat(words, Words.ofBytes(signature)))
                .encode(Bech32.Variant.BECH32);
    }

    private static byte[] field(char tag, byte[] words) {
        return Words.concat(
                new byte[] {InvoiceReader.tag(tag)},
                Words.ofNumber(words.length, LENGTH_WORDS),
                words);
    }

    static byte[] signedHash(String prefix, byte[] words) {
        MessageDigest sha256 = Sha256.digest();
        sha256.update(prefix.getBytes(StandardCharsets.UTF_8));
        return sha256.digest(Words.toBytesPadded(words));
    }
}
