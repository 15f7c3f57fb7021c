package me.owlrun.gateway.pay;

/// Hears of every [PayStep] as it is reached, on the thread that reaches it; what it throws or
/// halts ends the work there.
@FunctionalInterface
public interface PaySteps {

    /// Goes on.
    PaySteps UNWATCHED = step -> {};

    /// A step was reached.
    void reached(PayStep step);
}
