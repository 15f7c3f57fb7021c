package me.owlrun.gateway.job;

import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The open jobs of this gateway, by identifier. An identifier names the instance that holds the
/// buyer, so that a node's request can be passed on to it once there are several.
public final class JobBoard {

    private static final int ID_BYTES = 15;
    private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

    private final Map<String, Job> jobs = new ConcurrentHashMap<>();
    private final String instance;
    private final SecureRandom random;

    /// @param instance the name of this gateway, letters and digits
    /// @param random makes identifiers that cannot be guessed
    public JobBoard(String instance, SecureRandom random) {
        this.instance = instance;
        this.random = random;
    }

    /// Opens a job for a node; the node is told by [NodeLink#offer].
    ///
    /// @param want what the node has to do
    /// @param request the request for the node's engine
    public Job open(NodeLink node, Want want, byte[] request) {
        Job job = new Job(newId(), want, node, request);
        jobs.put(job.id(), job);
        return job;
    }

    /// The job if it is open and was offered to this very connection.
    public Optional<Job> find(String jobId, NodeLink node) {
        return Optional.ofNullable(jobs.get(jobId)).filter(job -> job.node().equals(node));
    }

    /// The job if it is open; whoever asks has yet to show that it is the node's.
    public Optional<Job> find(String jobId) {
        return Optional.ofNullable(jobs.get(jobId));
    }

    /// Closes a job: whatever its node still sends is dropped.
    public void close(Job job) {
        jobs.remove(job.id());
        job.close();
    }

    /// Tells the buyers of a node's jobs that it is gone.
    public void nodeGone(NodeLink node) {
        for (Job job : jobs.values()) {
            if (job.node().equals(node)) {
                job.putUrgently(new JobEvent.Failed("node_gone", true));
            }
        }
    }

    /// How many jobs are open.
    public int size() {
        return jobs.size();
    }

    private String newId() {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        StringBuilder id = new StringBuilder("job_").append(instance).append('_');
        for (byte b : bytes) {
            id.append(ALPHABET.charAt(b & 31)).append(ALPHABET.charAt((b >> 3) & 31));
        }
        return id.toString();
    }
}
