package me.owlrun.gateway.job;

import java.time.Duration;

/// Says where a job may be given away. Asked while nobody else can take a place, so it never waits.
public interface FreeRoom {

    /// Nobody gives anything away.
    FreeRoom NONE =
            new FreeRoom() {
                @Override
                public boolean admits(NodeLink node, int running, int given) {
                    return false;
                }

                @Override
                public void used(NodeLink node, Duration held) {
                    // Nothing is given.
                }
            };

    /// Whether a node gives away one more job now.
    ///
    /// @param running jobs it runs
    /// @param given those of them that it gives away
    boolean admits(NodeLink node, int running, int given);

    /// A job that a node gave away is over.
    ///
    /// @param held how long it had its place
    void used(NodeLink node, Duration held);
}
