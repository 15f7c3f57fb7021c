package me.owlrun.mint.quote;

import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.Point;
import me.owlrun.cashu.Schnorr;
import me.owlrun.hash.Sha256;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// What opens a quote that is locked to a public key (NUT-20): a Schnorr signature over the quote
/// and all outputs. Wallets sign one of two messages; the older one leaves the amounts out.
final class QuoteLock {

    private static final byte[] DOMAIN =
            "Cashu_MintQuoteSig_v1".getBytes(StandardCharsets.US_ASCII);

    private QuoteLock() {}

    /// Whether a signature in hexadecimal is one of the key over either message.
    static boolean isOpenedBy(
            String signatureHex, Point pubkey, String quoteId, List<BlindedMessage> outputs) {
        byte[] signature;
        try {
            signature = HexFormat.of().parseHex(signatureHex);
        } catch (IllegalArgumentException _) {
            return false;
        }
        return Schnorr.verify(Sha256.of(message(quoteId, outputs)), pubkey, signature)
                || Schnorr.verify(Sha256.of(legacyMessage(quoteId, outputs)), pubkey, signature);
    }

    /// The domain, then quote, amounts and points, each with its length before it.
    static byte[] message(String quoteId, List<BlindedMessage> outputs) {
        byte[] quote = quoteId.getBytes(StandardCharsets.UTF_8);
        int perOutputMax = 2 * Integer.BYTES + Long.BYTES + Point.COMPRESSED_BYTES;
        ByteBuffer message =
                ByteBuffer.allocate(
                        DOMAIN.length
                                + Integer.BYTES
                                + quote.length
                                + perOutputMax * outputs.size());
        message.put(DOMAIN);
        message.putInt(quote.length).put(quote);
        for (BlindedMessage output : outputs) {
            byte[] amount = minimalBigEndian(output.amount());
            byte[] b = output.b().toBytes();
            message.putInt(amount.length).put(amount).putInt(b.length).put(b);
        }
        byte[] bytes = new byte[message.position()];
        message.flip().get(bytes);
        return bytes;
    }

    /// Zero has no bytes at all.
    private static byte[] minimalBigEndian(long amount) {
        byte[] bytes = BigInteger.valueOf(amount).toByteArray();
        int zeros = bytes[0] == 0 ? 1 : 0;
        return Arrays.copyOfRange(bytes, zeros, bytes.length);
    }

    /// Quote and points as text, without amounts or separators.
    static byte[] legacyMessage(String quoteId, List<BlindedMessage> outputs) {
        StringBuilder message = new StringBuilder(quoteId);
        outputs.forEach(output -> message.append(output.b().toHex()));
        return message.toString().getBytes(StandardCharsets.UTF_8);
    }
}
