package me.owlrun.cashu;

import me.owlrun.hash.Sha256;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.stream.Collectors;

/// The identifier of a keyset (NUT-02): version 1 is `00` and 7 bytes, version 2 is `01` and 32
/// bytes, both in lower-case hexadecimal. A token may carry the first 8 bytes of a version 2
/// identifier in its place (NUT-00, `s_id`).
///
/// @param value the identifier
public record KeysetId(String value) implements Comparable<KeysetId> {

    private static final int SHORT_CHARS = 16;
    private static final int V2_CHARS = 66;

    /// @throws CashuFormatException when it is not 16 or 66 lower-case hexadecimal digits
    public KeysetId {
        boolean length = value.length() == SHORT_CHARS || value.length() == V2_CHARS;
        if (!length || !isLowerHex(value)) {
            throw new CashuFormatException("a keyset id has 16 or 66 lower-case hex digits");
        }
    }

    private static boolean isLowerHex(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) {
                return false;
            }
        }
        return true;
    }

    /// The version 1 identifier of these public keys by amount.
    public static KeysetId deriveV1(SortedMap<BigInteger, Point> keys) {
        ByteArrayOutputStream concatenated = new ByteArrayOutputStream();
        keys.values().forEach(key -> concatenated.writeBytes(key.toBytes()));
        byte[] hash = Sha256.of(concatenated.toByteArray());
        return new KeysetId("00" + HexFormat.of().formatHex(hash).substring(0, 14));
    }

    /// The version 2 identifier, which also commits to unit, fee and expiry.
    ///
    /// @param inputFeePpk fee per thousand inputs, in the keyset's unit
    /// @param finalExpiry seconds since the epoch after which the mint refuses the keyset
    public static KeysetId deriveV2(
            SortedMap<BigInteger, Point> keys,
            String unit,
            long inputFeePpk,
            OptionalLong finalExpiry) {
        StringBuilder preimage = new StringBuilder();
        preimage.append(
                keys.entrySet().stream()
                        .map(entry -> entry.getKey() + ":" + entry.getValue().toHex())
                        .collect(Collectors.joining(",")));
        preimage.append("|unit:").append(unit);
        if (inputFeePpk != 0) {
            preimage.append("|input_fee_ppk:").append(inputFeePpk);
        }
        finalExpiry.ifPresent(expiry -> preimage.append("|final_expiry:").append(expiry));
        byte[] hash = Sha256.of(preimage.toString().getBytes(StandardCharsets.UTF_8));
        return new KeysetId("01" + HexFormat.of().formatHex(hash));
    }

    /// Whether this is the short form of a version 2 identifier.
    public boolean isShortV2() {
        return value.length() == SHORT_CHARS && value.startsWith("01");
    }

    /// Whether a token could not tell this from another keyset: their first 8 bytes are the same.
    public boolean sharesShortForm(KeysetId other) {
        return value.startsWith(other.value.substring(0, SHORT_CHARS));
    }

    /// Whether this, in full or short form, means that keyset.
    public boolean matches(KeysetId full) {
        return value.equals(full.value) || (isShortV2() && full.value.startsWith(value));
    }

    @Override
    public int compareTo(KeysetId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
