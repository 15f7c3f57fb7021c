package me.owlrun.mint.condition;

/// What the secret of a proof says about who may spend it (NUT-10).
sealed interface Secret {

    /// Whoever has the proof: a random text, or a kind of condition that this mint does not know.
    record Plain() implements Secret {}

    /// Nobody: it names a kind of condition but breaks its rules. Taking it for plain would give
    /// the money to whoever sees the proof.
    record Malformed() implements Secret {}

    /// Whoever opens the lock.
    ///
    /// @param condition the lock
    record Locked(Condition condition) implements Secret {}
}
