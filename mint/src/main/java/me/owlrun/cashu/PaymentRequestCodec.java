package me.owlrun.cashu;

import me.owlrun.bech32.Bech32;
import me.owlrun.bech32.Words;

import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/// Payment requests as text: `creqA` is CBOR in base64url (NUT-18), `creqb1` is TLV in Bech32m
/// (NUT-26).
public final class PaymentRequestCodec {

    /// Longest text that is read, in characters.
    public static final int TEXT_MAX = 8_192;

    private static final String PREFIX_A = "creqA";
    private static final String PREFIX_B = "creqb";

    private PaymentRequestCodec() {}

    /// What reading a text as a payment request gives.
    public sealed interface Decoded {}

    /// The text is a payment request.
    ///
    /// @param request the request
    public record Valid(PaymentRequest request) implements Decoded {}

    /// The text is no payment request.
    ///
    /// @param reason what is wrong with it, free of its content
    public record Malformed(String reason) implements Decoded {}

    /// Reads a request of either form; the prefix in any letter case.
    public static Decoded decode(String text) {
        if (text.length() > TEXT_MAX) {
            return new Malformed("a payment request has at most " + TEXT_MAX + " characters");
        }
        try {
            String lower = text.toLowerCase(Locale.ROOT);
            if (lower.startsWith(PREFIX_B + "1")) {
                return new Valid(PaymentRequestTlv.decode(bech32m(text)));
            }
            if (lower.startsWith(PREFIX_A.toLowerCase(Locale.ROOT))) {
                byte[] cbor = TokenCodec.base64(text.substring(PREFIX_A.length()));
                return new Valid(PaymentRequestCbor.decode(cbor));
            }
            return new Malformed("a payment request starts with creqA or creqb1");
        } catch (CashuFormatException e) {
            return new Malformed(String.valueOf(e.getMessage()));
        }
    }

    private static byte[] bech32m(String text) {
        Optional<Bech32> read = Bech32.decode(text, Bech32.Variant.BECH32M);
        if (read.isEmpty() || !read.get().prefix().equals(PREFIX_B)) {
            throw new CashuFormatException("the payment request is not valid Bech32m");
        }
        return Words.toBytes(read.get().words());
    }

    /// Writes `creqA…`, padded, the form that every wallet with NUT-18 reads.
    public static String encodeA(PaymentRequest request) {
        return PREFIX_A + Base64.getUrlEncoder().encodeToString(PaymentRequestCbor.encode(request));
    }

    /// Writes `CREQB1…` in capitals, which fits a QR code best.
    ///
    /// @throws CashuFormatException when a Nostr target is no NIP-19 name, or a field is too long
    ///   for the form
    public static String encodeB(PaymentRequest request) {
        byte[] words = Words.ofBytes(PaymentRequestTlv.encode(request));
        return new Bech32(PREFIX_B, words).encode(Bech32.Variant.BECH32M).toUpperCase(Locale.ROOT);
    }
}
