package me.owlrun.mint.step;

/// Hears of every [Step] as it is reached, on the thread that reaches it; what it throws or halts
/// ends the work there.
@FunctionalInterface
public interface Steps {

    /// Goes on.
    Steps UNWATCHED = step -> {};

    /// A step was reached.
    void reached(Step step);

    /// Something was changed and is committed. Called after the step that says so; must be quick
    /// and must not throw.
    default void changed(Changed change) {}
}
