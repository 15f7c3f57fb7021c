package me.owlrun.agent.duty;

/// What the node is doing, each state knowing only what is true in it.
public sealed interface DutyState {
    /// It cannot serve yet: the engine does not answer or has no model. Leaves by itself.
    ///
    /// @param why one sentence
    record Checking(String why) implements DutyState {}

    /// It could serve and looks for the gateway. Leaves by itself.
    ///
    /// @param why one sentence
    record Connecting(String why) implements DutyState {}

    /// It is connected and takes jobs.
    record Earning() implements DutyState {}

    /// It finishes what runs and takes nothing new.
    ///
    /// @param why one sentence
    record Draining(String why) implements DutyState {}

    /// The owner does not want it to work.
    ///
    /// @param why one sentence
    record Paused(String why) implements DutyState {}

    /// The short name, as `/api/status` gives it.
    default String word() {
        return switch (this) {
            case Checking _ -> "checking";
            case Connecting _ -> "connecting";
            case Earning _ -> "earning";
            case Draining _ -> "draining";
            case Paused _ -> "paused";
        };
    }

    /// The state as a sentence for the owner.
    default String sentence() {
        return switch (this) {
            case Checking(String why) -> why;
            case Connecting(String why) -> why;
            case Earning _ -> "Earning: connected and ready for jobs.";
            case Draining(String why) -> why;
            case Paused(String why) -> why;
        };
    }
}
