package me.owlrun.gateway.lnurl;

import me.owlrun.bech32.Bech32;
import me.owlrun.bech32.Words;
import me.owlrun.bolt11.PaymentHash;
import me.owlrun.cashu.Ecdsa;
import me.owlrun.cashu.Scalar;
import me.owlrun.hash.Sha256;
import me.owlrun.money.Msat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

/// An invoice to be written (BOLT 11), right or wrong in whatever a test wants.
public final class TestInvoice {

    private static final String TAGS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final long FEATURES = (1L << 8) | (1L << 14);

    private final byte[] preimage = new byte[32];
    private String network = "bc";
    private Optional<Msat> amount;
    private String description = "";
    private Optional<String> descriptionHashHex = Optional.empty();
    private Instant made;
    private Duration expiry = Duration.ofHours(1);
    private long finalCltvBlocks = 18;
    private boolean hasSecret = true;
    private boolean isSigned = true;

    private TestInvoice(Msat amount, Instant made) {
        this.amount = Optional.of(amount);
        this.made = made;
        RANDOM.nextBytes(preimage);
    }

    /// A right one.
    public static TestInvoice of(Msat amount, Instant made) {
        return new TestInvoice(amount, made);
    }

    public TestInvoice network(String prefix) {
        network = prefix;
        return this;
    }

    public TestInvoice amount(Optional<Msat> other) {
        amount = other;
        return this;
    }

    public TestInvoice description(String text) {
        description = text;
        return this;
    }

    public TestInvoice descriptionHash(Optional<String> hex) {
        descriptionHashHex = hex;
        return this;
    }

    public TestInvoice made(Instant at) {
        made = at;
        return this;
    }

    public TestInvoice expiry(Duration time) {
        expiry = time;
        return this;
    }

    public TestInvoice finalCltvBlocks(long blocks) {
        finalCltvBlocks = blocks;
        return this;
    }

    public TestInvoice withoutSecret() {
        hasSecret = false;
        return this;
    }

    public TestInvoice withoutSignature() {
        isSigned = false;
        return this;
    }

    /// The proof of its payment.
    public String preimageHex() {
        return HexFormat.of().formatHex(preimage);
    }

    /// The text.
    public String write() {
        String prefix = "ln" + network + amount.map(TestInvoice::pico).orElse("");
        byte[] words =
                Words.concat(
                        Words.ofNumber(made.getEpochSecond(), 7),
                        field('p', Words.ofBytes(PaymentHash.ofPreimage(preimage).bytes())),
                        hasSecret ? field('s', Words.ofBytes(Sha256.of(preimage))) : new byte[0],
                        descriptionHashHex
                                .map(hex -> field('h', Words.ofBytes(HexFormat.of().parseHex(hex))))
                                .orElseGet(() -> field('d', Words.ofBytes(utf8(description)))),
                        field('x', Words.ofNumber(expiry.toSeconds())),
                        field('c', Words.ofNumber(finalCltvBlocks)),
                        field('9', Words.ofNumber(FEATURES)));
        MessageDigest hash = Sha256.digest();
        hash.update(utf8(prefix));
        byte[] signature =
                isSigned
                        ? Ecdsa.sign(hash.digest(Words.toBytesPadded(words)), Scalar.random(RANDOM))
                        : new byte[65];
        return new Bech32(prefix, Words.concat(words, Words.ofBytes(signature)))
                .encode(Bech32.Variant.BECH32);
    }

    private static String pico(Msat msat) {
        return Math.multiplyExact(msat.value(), 10) + "p";
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] field(char tag, byte[] words) {
        return Words.concat(
                new byte[] {(byte) TAGS.indexOf(tag)}, Words.ofNumber(words.length, 2), words);
    }
}
