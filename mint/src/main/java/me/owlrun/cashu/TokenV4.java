package me.owlrun.cashu;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The CBOR body of a version 4 token (NUT-00): proofs grouped by keyset under one-letter keys.
final class TokenV4 {

    private TokenV4() {}

    static byte[] encode(Token token) {
        Map<KeysetId, List<Proof>> byKeyset = new LinkedHashMap<>();
        for (Proof proof : token.proofs()) {
            byKeyset.computeIfAbsent(proof.keysetId(), id -> new ArrayList<>()).add(proof);
        }
        List<Object> entries = new ArrayList<>();
        byKeyset.forEach((id, proofs) -> entries.add(entry(id, proofs)));
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("t", entries);
        token.memo().ifPresent(memo -> root.put("d", memo));
        root.put("m", token.mint());
        root.put("u", token.unit());
        return Cbor.encode(root);
    }

    private static Map<String, Object> entry(KeysetId id, List<Proof> proofs) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("i", HexFormat.of().parseHex(id.value()));
        entry.put("p", proofs.stream().map(TokenV4::proof).toList());
        return entry;
    }

    private static Object proof(Proof proof) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("a", proof.amount());
        map.put("s", proof.secret());
        map.put("c", proof.c().toBytes());
        proof.dleq().ifPresent(dleq -> map.put("d", dleq(dleq)));
        proof.witness().ifPresent(witness -> map.put("w", witness));
        return map;
    }

    private static Map<String, Object> dleq(Dleq dleq) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("e", Scalar.bytes(dleq.e()));
        map.put("s", Scalar.bytes(dleq.s()));
        dleq.r().ifPresent(r -> map.put("r", r.toBytes()));
        return map;
    }

    static Token decode(byte[] cbor) {
        Map<?, ?> root = as(Map.class, Cbor.decode(cbor), "the token");
        List<Proof> proofs = new ArrayList<>();
        for (Object item : as(List.class, root.get("t"), "'t'")) {
            Map<?, ?> entry = as(Map.class, item, "an item of 't'");
            byte[] id = as(byte[].class, entry.get("i"), "'i'");
            KeysetId keysetId = new KeysetId(HexFormat.of().formatHex(id));
            for (Object proof : as(List.class, entry.get("p"), "'p'")) {
                proofs.add(proof(keysetId, as(Map.class, proof, "an item of 'p'")));
            }
        }
        if (proofs.isEmpty() || proofs.size() > TokenCodec.PROOFS_MAX) {
            throw new CashuFormatException(
                    "a token holds 1 to " + TokenCodec.PROOFS_MAX + " proofs");
        }
        return new Token(
                as(String.class, root.get("m"), "'m'"),
                as(String.class, root.get("u"), "'u'"),
                optional(String.class, root.get("d"), "'d'").filter(memo -> !memo.isEmpty()),
                proofs);
    }

    private static Proof proof(KeysetId keysetId, Map<?, ?> map) {
        return new Proof(
                as(Long.class, map.get("a"), "'a'"),
                keysetId,
                as(String.class, map.get("s"), "'s'"),
                Point.fromBytes(as(byte[].class, map.get("c"), "'c'")),
                optional(String.class, map.get("w"), "'w'"),
                optional(Map.class, map.get("d"), "'d'").map(TokenV4::dleq));
    }

    private static Dleq dleq(Map<?, ?> map) {
        return new Dleq(
                number(as(byte[].class, map.get("e"), "'e'")),
                number(as(byte[].class, map.get("s"), "'s'")),
                optional(byte[].class, map.get("r"), "'r'").map(Scalar::fromBytes));
    }

    private static BigInteger number(byte[] bytes) {
        if (bytes.length != Scalar.BYTES) {
            throw new CashuFormatException("a DLEQ number has 32 bytes");
        }
        return new BigInteger(1, bytes);
    }

    private static <T> T as(Class<T> type, @Nullable Object value, String what) {
        return optional(type, value, what)
                .orElseThrow(() -> new CashuFormatException(what + " is missing in the token"));
    }

    private static <T> Optional<T> optional(Class<T> type, @Nullable Object value, String what) {
        if (value == null || value instanceof Cbor.Null) {
            return Optional.empty();
        }
        if (!type.isInstance(value)) {
            throw new CashuFormatException(what + " has the wrong type in the token");
        }
        return Optional.of(type.cast(value));
    }
}
