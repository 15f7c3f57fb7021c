package me.owlrun.agent.job;

import java.io.Serial;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// What this run of the agent earned, in memory: the gateway's word for each job, counted once
/// however often it is said. A crash-safe journal takes its place later. Safe for many threads.
public final class Earnings {
    private static final int REMEMBERED_JOBS_MAX = 10_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Msat> seen =
            new LinkedHashMap<>() {
                @Serial private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Msat> eldest) {
                    return size() > REMEMBERED_JOBS_MAX;
                }
            };
    private Totals totals = new Totals(0, 0, Msat.ZERO);

    /// Sums since the agent started.
    ///
    /// @param jobs settled jobs
    /// @param tokens their tokens, as the gateway counts
    /// @param earned what they brought
    public record Totals(long jobs, long tokens, Msat earned) {}

    /// Books a settled job; a job that was booked before changes nothing.
    public void book(String jobId, long tokens, Msat earned) {
        lock.lock();
        try {
            if (seen.putIfAbsent(jobId, earned) == null) {
                totals =
                        new Totals(
                                totals.jobs() + 1,
                                totals.tokens() + tokens,
                                totals.earned().plus(earned));
            }
        } finally {
            lock.unlock();
        }
    }

    /// The sums now.
    public Totals totals() {
        lock.lock();
        try {
            return totals;
        } finally {
            lock.unlock();
        }
    }
}
