package me.owlrun.gateway.chat;

import me.owlrun.gateway.instance.StopSignal;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Breaks off writes to buyers that do not read: Helidon has no timeout for them, but interrupting
/// the thread closes the connection at once.
final class StalledWrites implements Runnable {

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    private final Set<SseWriter> writers = ConcurrentHashMap.newKeySet();
    private final Duration writeMax;
    private final StopSignal stop;

    /// @param writeMax how long one write may take
    StalledWrites(Duration writeMax, StopSignal stop) {
        this.writeMax = writeMax;
        this.stop = stop;
    }

    void watch(SseWriter writer) {
        writers.add(writer);
    }

    void forget(SseWriter writer) {
        writers.remove(writer);
    }

    @Override
    public void run() {
        while (!stop.isStoppingWithin(BETWEEN_LOOKS)) {
            writers.forEach(writer -> writer.breakOffAfter(writeMax));
        }
    }
}
