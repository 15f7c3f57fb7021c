package me.owlrun.mint.ledger;

import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.Proof;
import me.owlrun.hash.Sha256;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/// SHA-256 of a request in canonical form: kind, quote, inputs sorted by secret, outputs in order.
/// Witness and DLEQ are left out: they say who may spend, not what is moved, and a wallet that
/// signs again for a retry must find the same answer.
///
/// @param hex 64 lower-case hexadecimal digits
public record RequestHash(String hex) {

    /// The hash of a swap.
    public static RequestHash ofSwap(List<Proof> inputs, List<BlindedMessage> outputs) {
        return new Canonical(Operation.Kind.SWAP).inputs(inputs).outputs(outputs).hash();
    }

    /// The hash of a mint request.
    public static RequestHash ofMint(UUID quoteId, List<BlindedMessage> outputs) {
        return new Canonical(Operation.Kind.MINT).quote(quoteId).outputs(outputs).hash();
    }

    /// The hash of a request for the ecash of several quotes. What each of them gives is left out:
    /// the outputs say what is issued.
    public static RequestHash ofMintBatch(List<UUID> quoteIds, List<BlindedMessage> outputs) {
        return new Canonical(Operation.Kind.MINT).batch(quoteIds).outputs(outputs).hash();
    }

    /// The hash of a melt request.
    public static RequestHash ofMelt(
            UUID quoteId, List<Proof> inputs, List<BlindedMessage> blanks) {
        return new Canonical(Operation.Kind.MELT)
                .quote(quoteId)
                .inputs(inputs)
                .outputs(blanks)
                .hash();
    }

    /// The hash with these 32 bytes.
    static RequestHash ofBytes(byte[] sha256) {
        return new RequestHash(HexFormat.of().formatHex(sha256));
    }

    /// The 32 bytes.
    public byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }

    /// Feeds the parts of a request into the hash, each with its length or count before it.
    private static final class Canonical {

        private final MessageDigest digest;

        Canonical(Operation.Kind kind) {
            this.digest = Sha256.digest();
            text("Owlrun_request_v1");
            text(kind.text());
        }

        Canonical quote(UUID quoteId) {
            text(quoteId.toString());
            return this;
        }

        Canonical batch(List<UUID> quoteIds) {
            text("batch"); // no quote is named so
            number(quoteIds.size());
            quoteIds.forEach(id -> text(id.toString()));
            return this;
        }

        Canonical inputs(List<Proof> inputs) {
            number(inputs.size());
            inputs.stream()
                    .sorted(Comparator.comparing(Proof::secret))
                    .forEach(input -> {
                        number(input.amount());
                        text(input.keysetId().value());
                        text(input.secret());
                        digest.update(input.c().toBytes());
                    });
            return this;
        }

        Canonical outputs(List<BlindedMessage> outputs) {
            number(outputs.size());
            for (BlindedMessage output : outputs) {
                number(output.amount());
                text(output.keysetId().value());
                digest.update(output.b().toBytes());
            }
            return this;
        }

        RequestHash hash() {
            return new RequestHash(HexFormat.of().formatHex(digest.digest()));
        }

        private void text(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            number(utf8.length);
            digest.update(utf8);
        }

        private void number(long number) {
            digest.update(ByteBuffer.allocate(Long.BYTES).putLong(number).flip());
        }
    }
}
