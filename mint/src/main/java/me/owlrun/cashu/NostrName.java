package me.owlrun.cashu;

import me.owlrun.bech32.Bech32;
import me.owlrun.bech32.Words;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// A public key on Nostr with its relays (NIP-19): `npub1…` without relays, `nprofile1…` with.
///
/// @param publicKeyHex the 32-byte x coordinate in lower-case hexadecimal
/// @param relays addresses, at most 255 bytes each
record NostrName(String publicKeyHex, List<String> relays) {

    private static final String PUBLIC_KEY = "npub";
    private static final String PROFILE = "nprofile";
    private static final int KEY_HEX_DIGITS = 64;
    private static final int KEY_FIELD = 0;
    private static final int RELAY_FIELD = 1;

    NostrName {
        if (publicKeyHex.length() != KEY_HEX_DIGITS) {
            throw new CashuFormatException("a Nostr public key has 32 bytes");
        }
        relays = List.copyOf(relays);
    }

    static NostrName of(byte[] publicKey, List<String> relays) {
        return new NostrName(HexFormat.of().formatHex(publicKey), relays);
    }

    byte[] publicKey() {
        return HexFormat.of().parseHex(publicKeyHex);
    }

    static NostrName decode(String text) {
        Bech32 bech32 =
                Bech32.decode(text, Bech32.Variant.BECH32)
                        .orElseThrow(() -> new CashuFormatException("the Nostr name is malformed"));
        byte[] bytes = Words.toBytes(bech32.words());
        return switch (bech32.prefix()) {
            case PUBLIC_KEY -> of(bytes, List.of());
            case PROFILE -> profile(ByteBuffer.wrap(bytes));
            default -> throw new CashuFormatException("a Nostr name is npub or nprofile");
        };
    }

    private static NostrName profile(ByteBuffer in) {
        byte[] key = new byte[0];
        List<String> relays = new ArrayList<>();
        while (in.remaining() >= 2) {
            int type = in.get() & 0xff;
            int length = in.get() & 0xff;
            if (length > in.remaining()) {
                throw new CashuFormatException("the Nostr name is cut off");
            }
            byte[] value = new byte[length];
            in.get(value);
            if (type == KEY_FIELD) {
                key = value;
            } else if (type == RELAY_FIELD) {
                relays.add(Tlv.text(value));
            }
        }
        return of(key, relays);
    }

    String encode() {
        if (relays.isEmpty()) {
            return bech32(PUBLIC_KEY, publicKey());
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(KEY_FIELD);
        Tlv.putShort(out, publicKey());
        for (String relay : relays) {
            out.write(RELAY_FIELD);
            Tlv.putShort(out, relay.getBytes(StandardCharsets.UTF_8));
        }
        return bech32(PROFILE, out.toByteArray());
    }

    private static String bech32(String prefix, byte[] bytes) {
        return new Bech32(prefix, Words.ofBytes(bytes)).encode(Bech32.Variant.BECH32);
    }
}
