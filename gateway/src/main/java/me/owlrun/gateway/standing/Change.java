package me.owlrun.gateway.standing;

import me.owlrun.gateway.job.NodeIdentity;

import java.time.LocalDate;
import java.util.Comparator;

/// What happened to one machine on one day and is not written yet. Changed under the lock of the
/// [StandingBook].
final class Change {

    final Key key;
    int successes;
    int failures;
    int neutral;
    int probesPassed;
    int probesFailed;
    long onlineMillis;

    /// Which machine on which day, UTC.
    record Key(NodeIdentity node, LocalDate day) implements Comparable<Key> {

        /// All gateways write in this order, so that none waits for another in a circle.
        private static final Comparator<Key> ORDER =
                Comparator.<Key>comparingLong(key -> key.node.providerId())
                        .thenComparing(key -> key.node.nodeId())
                        .thenComparing(Key::day);

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    Change(Key key) {
        this.key = key;
    }

    void add(Change more) {
        successes += more.successes;
        failures += more.failures;
        neutral += more.neutral;
        probesPassed += more.probesPassed;
        probesFailed += more.probesFailed;
        onlineMillis += more.onlineMillis;
    }
}
