package me.owlrun.agent.job;

/// Hears what jobs brought. Safe for many threads.
public interface Earnings {
    /// A job begins; its model is remembered for its booking.
    void began(String jobId, String model);

    /// Books a settled job, durably; a job that was booked before changes nothing.
    ///
    /// @param tokens as the gateway counts
    /// @param earned what it brought
    void book(String jobId, long tokens, Msat earned);
}
