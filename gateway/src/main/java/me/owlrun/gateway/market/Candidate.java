package me.owlrun.gateway.market;

/// A node that could take a job.
///
/// @param node the node
/// @param running jobs it runs now
/// @param capacity jobs it runs at the same time, at least 1
/// @param <T> what stands for the node
public record Candidate<T>(T node, int running, int capacity) {

    /// Whether one more job fits.
    public boolean hasRoom() {
        return running < capacity;
    }

    /// Compares the shares of their capacity that are taken, without dividing.
    int compareLoad(Candidate<T> other) {
        return Long.compare((long) running * other.capacity, (long) other.running * capacity);
    }
}
