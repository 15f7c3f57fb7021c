package me.owlrun.gateway.routing;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/// Which node had the beginning of a conversation last. Bounded; the oldest go first. Used under
/// the lock of the [Router].
///
/// @param <N> a node
final class Prefixes<N> {

    private final RoutingRules.StickyRules rules;
    private final SequencedMap<Key, Last<N>> nodes = new LinkedHashMap<>();

    /// The beginning of a conversation with a model.
    private record Key(String model, String prefix) {}

    /// Who had it last.
    private record Last<N>(N node, Instant at) {}

    Prefixes(RoutingRules.StickyRules rules) {
        this.rules = rules;
    }

    Optional<N> find(String model, String prefix, Instant now) {
        return Optional.ofNullable(nodes.get(new Key(model, prefix)))
                .filter(last -> now.isBefore(last.at.plus(rules.time())))
                .map(Last::node);
    }

    void remember(String model, String prefix, N node, Instant now) {
        Key key = new Key(model, prefix);
        nodes.remove(key);
        nodes.put(key, new Last<>(node, now));
        while (nodes.size() > rules.prefixesMax()) {
            nodes.pollFirstEntry();
        }
    }
}
