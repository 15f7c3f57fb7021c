package me.owlrun.gateway.job;

import java.util.Optional;
import java.util.Set;

/// A connection of a node, as the rest of the gateway sees it; equal only to itself. All methods
/// may be called from any thread and none waits for the network.
public interface NodeLink {

    /// Who it is.
    NodeIdentity identity();

    /// Whether it offered this model.
    boolean serves(String model);

    /// Whether it can do this kind of work.
    boolean does(Task task);

    /// The models it offered.
    Set<String> models();

    /// Jobs it runs at the same time, at least 1.
    int capacity();

    /// How much of its capacity it gives away, in per cent.
    int freeTierPct();

    /// What it last said of itself.
    NodeVitals vitals();

    /// Why the operator gives it no jobs, if so.
    Optional<String> maintenance();

    /// Whether it gets jobs: not draining, not in maintenance, and heard of lately.
    boolean takesJobs();

    /// Offers a job; false when the node is gone.
    boolean offer(Job job);

    /// Tells the node to stop a job.
    void cancel(String jobId);

    /// Tells the node that a job is settled.
    void complete(JobReceipt receipt);

    /// Tells the node that this gateway stops, and closes the connection.
    void drain();

    /// Closes the connection because the node opened a newer one.
    void displaced();
}
