package me.owlrun.mint.keys;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.Keyset;
import me.owlrun.cashu.KeysetId;
import me.owlrun.json.Json;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The answers of `/v1/keys` and `/v1/keysets` (NUT-01, NUT-02), written once per change.
final class PublishedKeys {

    private final byte[] keys;
    private final byte[] keysets;
    private final Map<String, byte[]> keysById;

    private PublishedKeys(byte[] keys, byte[] keysets, Map<String, byte[]> keysById) {
        this.keys = keys;
        this.keysets = keysets;
        this.keysById = keysById;
    }

    static PublishedKeys of(Collection<Keyset> unsorted) {
        List<Keyset> all =
                unsorted.stream().sorted(Comparator.comparing(Keyset::unit).reversed()).toList();
        ArrayNode active = Json.array();
        ArrayNode summaries = Json.array();
        Map<String, byte[]> byId = new HashMap<>();
        for (Keyset keyset : all) {
            summaries.add(summary(keyset));
            if (keyset.active()) {
                active.add(withKeys(keyset));
            }
            byId.put(keyset.id().value(), wrap(Json.array().add(withKeys(keyset))));
        }
        return new PublishedKeys(wrap(active), wrap(summaries), Map.copyOf(byId));
    }

    private static byte[] wrap(ArrayNode keysets) {
        ObjectNode root = Json.object();
        root.set("keysets", keysets);
        return Json.bytes(root);
    }

    private static ObjectNode summary(Keyset keyset) {
        ObjectNode node = Json.object();
        node.put("id", keyset.id().value());
        node.put("unit", keyset.unit());
        node.put("active", keyset.active());
        node.put("input_fee_ppk", keyset.inputFeePpk());
        keyset.finalExpiry()
                .ifPresentOrElse(
                        expiry -> node.put("final_expiry", expiry),
                        () -> node.putNull("final_expiry"));
        return node;
    }

    private static ObjectNode withKeys(Keyset keyset) {
        ObjectNode node = summary(keyset);
        ObjectNode keys = node.putObject("keys");
        keyset.keys().forEach((amount, key) -> keys.put(amount.toString(), key.toHex()));
        return node;
    }

    /// The keys of all active keysets.
    byte[] keys() {
        return keys;
    }

    /// All keysets without their keys.
    byte[] keysets() {
        return keysets;
    }

    /// The keys of one keyset, active or not.
    Optional<byte[]> keys(KeysetId id) {
        return Optional.ofNullable(keysById.get(id.value()));
    }
}
