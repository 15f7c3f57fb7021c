package me.owlrun.mint.condition;

import me.owlrun.hash.Sha256;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/// A well-formed spending condition.
///
/// @param kind what opens it
/// @param data a public key, or the SHA-256 of a preimage
/// @param tags as they stand in the secret, for comparing
/// @param sigAll whether signatures are over the whole request instead of the secret
/// @param main the receivers' path, open for ever
/// @param locktimeSeconds Unix time after which the refund path is open too; none: never
/// @param refund the senders' path; none: whoever has the proof
record Condition(
        Kind kind,
        String data,
        List<List<String>> tags,
        boolean sigAll,
        KeyPath main,
        OptionalLong locktimeSeconds,
        Optional<KeyPath> refund) {

    private static final Pattern PREIMAGE = Pattern.compile("[0-9a-f]{64}");

    /// The kinds that this mint enforces; all others are plain secrets.
    enum Kind {
        /// Locked to public keys (NUT-11).
        P2PK,
        /// Locked to a preimage, and to public keys if any are named (NUT-14).
        HTLC
    }

    boolean isExpired(long nowSeconds) {
        return locktimeSeconds.isPresent() && nowSeconds > locktimeSeconds.getAsLong();
    }

    /// Whether two locks are the same but for their nonce, as signatures over the whole request
    /// need.
    boolean isSameLock(Condition other) {
        return kind == other.kind && data.equals(other.data) && tags.equals(other.tags);
    }

    /// Whether a preimage is the one that is asked for, if any is.
    boolean isPreimage(Optional<String> preimageHex) {
        return switch (kind) {
            case P2PK -> true;
            case HTLC ->
                    preimageHex
                            .filter(hex -> PREIMAGE.matcher(hex).matches())
                            .filter(hex -> hashHex(hex).equalsIgnoreCase(data))
                            .isPresent();
        };
    }

    private static String hashHex(String preimageHex) {
        HexFormat hex = HexFormat.of();
        return hex.formatHex(Sha256.of(hex.parseHex(preimageHex)));
    }
}
