package me.owlrun.gateway.account;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// A key as its owner sees it: everything but the key.
///
/// @param id its public name
/// @param kind `provider` or `buyer`
/// @param name the owner's words
/// @param prefix its first characters
/// @param rule what it may do
/// @param spent what was spent with it in the period, held money included
/// @param createdAt since when
/// @param revokedAt until when, if it has ended
record KeyInfo(
        UUID id,
        String kind,
        String name,
        String prefix,
        KeyRule rule,
        Msat spent,
        Instant createdAt,
        Optional<Instant> revokedAt) {

    ObjectNode toJson() {
        ObjectNode json = Json.object();
        json.put("object", "account.key");
        json.put("id", keyName(id));
        json.put("kind", kind);
        json.put("name", name);
        json.put("prefix", prefix);
        json.put("spend_only", rule.spendOnly());
        json.put("spend_limit_msats", rule.limit().map(Msat::value).orElse(null));
        json.put("limit_period", rule.period());
        json.put("spent_msats", spent.value());
        json.put("created_at", createdAt.getEpochSecond());
        json.put("revoked_at", revokedAt.map(Instant::getEpochSecond).orElse(null));
        return json;
    }

    private static final String PREFIX = "key_";

    /// How a key is named outside.
    static String keyName(UUID id) {
        return PREFIX + id;
    }

    /// The key meant by a name, if it is one.
    static Optional<UUID> ofName(String name) {
        if (!name.startsWith(PREFIX)) {
            return Optional.empty();
        }
        try {
            UUID id = UUID.fromString(name.substring(PREFIX.length()));
            return keyName(id).equals(name) ? Optional.of(id) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
