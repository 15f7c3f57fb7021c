package me.owlrun.mint;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;

/// Everything that is open, closed in the opposite order. One part that cannot be closed does not
/// keep the others open.
final class Closing implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Closing.class.getName());

    private final Deque<Runnable> open = new ArrayDeque<>();

    /// Closes this before all that was added earlier.
    void add(Runnable close) {
        open.push(close);
    }

    @Override
    public void close() {
        while (!open.isEmpty()) {
            try {
                open.pop().run();
            } catch (RuntimeException e) { // the edge of a part; the next one has to be closed
                LOG.log(Level.WARNING, "A part of the mint could not be closed.", e);
            }
        }
    }
}
