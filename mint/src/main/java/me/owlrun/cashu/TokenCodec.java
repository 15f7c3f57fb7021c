package me.owlrun.cashu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;

import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// Reads and writes tokens (NUT-00): `cashuA` is version 3, JSON; `cashuB` is version 4, CBOR. Both
/// in base64url, padded or not.
public final class TokenCodec {

    /// How many proofs a token may carry.
    public static final int PROOFS_MAX = 1000;

    private static final String PREFIX_A = "cashuA";
    private static final String PREFIX_B = "cashuB";

    private TokenCodec() {}

    /// What reading a text as a token gives.
    public sealed interface Decoded {}

    /// The text is a token.
    ///
    /// @param token the token
    public record Valid(Token token) implements Decoded {}

    /// The text is no token.
    ///
    /// @param reason what is wrong with it, free of its content
    public record Malformed(String reason) implements Decoded {}

    /// Reads a token of either version.
    public static Decoded decode(String text) {
        try {
            if (text.startsWith(PREFIX_A)) {
                return new Valid(decodeA(text.substring(PREFIX_A.length())));
            }
            if (text.startsWith(PREFIX_B)) {
                return new Valid(TokenV4.decode(base64(text.substring(PREFIX_B.length()))));
            }
            return new Malformed("a token starts with cashuA or cashuB");
        } catch (CashuFormatException | InvalidJsonException e) {
            return new Malformed(String.valueOf(e.getMessage()));
        }
    }

    /// Writes version 3, padded, which deployed nodes need.
    public static String encodeA(Token token) {
        ObjectNode entry = Json.object();
        entry.put("mint", token.mint());
        entry.set("proofs", CashuJson.toJson(token.proofs(), CashuJson::toJson));
        ObjectNode root = Json.object();
        root.putArray("token").add(entry);
        root.put("unit", token.unit());
        token.memo().ifPresent(memo -> root.put("memo", memo));
        return PREFIX_A + Base64.getUrlEncoder().encodeToString(Json.bytes(root));
    }

    /// Writes version 4, unpadded, the shorter form that wallets exchange now.
    public static String encodeB(Token token) {
        return PREFIX_B
                + Base64.getUrlEncoder().withoutPadding().encodeToString(TokenV4.encode(token));
    }

    private static Token decodeA(String base64) {
        JsonNode root = Json.parse(base64(base64));
        List<JsonNode> entries = CashuJson.list(root, "token", PROOFS_MAX, entry -> entry);
        if (entries.size() != 1) {
            throw new CashuFormatException("a token holds proofs of exactly one mint");
        }
        JsonNode entry = entries.getFirst();
        List<Proof> proofs = CashuJson.list(entry, "proofs", PROOFS_MAX, CashuJson::proof);
        if (proofs.isEmpty()) {
            throw new CashuFormatException("a token holds at least one proof");
        }
        return new Token(
                CashuJson.text(entry, "mint"),
                CashuJson.optionalText(root, "unit").orElse(CurrencyUnit.SAT.text()),
                optionalMemo(root),
                proofs);
    }

    private static Optional<String> optionalMemo(JsonNode root) {
        return CashuJson.optionalText(root, "memo").filter(memo -> !memo.isEmpty());
    }

    static byte[] base64(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '=') {
            end--;
        }
        String plain = text.substring(0, end).replace('+', '-').replace('/', '_');
        try {
            return Base64.getUrlDecoder().decode(plain);
        } catch (IllegalArgumentException e) {
            throw new CashuFormatException("the token is not base64url");
        }
    }
}
