package me.owlrun.agent.watch;

/// Whether the node may work now.
public sealed interface Verdict {
    /// It may.
    record Work() implements Verdict {}

    /// It may not.
    ///
    /// @param code stable short name: `owner`, `never`, `schedule`, `heat`, `battery`, `program`,
    ///   `user` or `gpu`
    /// @param why one sentence for the owner
    /// @param atOnce whether someone waits for the machine: running jobs are handed back, not ended
    record Rest(String code, String why, boolean atOnce) implements Verdict {}
}
