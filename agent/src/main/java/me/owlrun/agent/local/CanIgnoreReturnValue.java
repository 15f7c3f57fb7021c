package me.owlrun.agent.local;

/// The compiler's checker need not insist that the result is used: it is the object itself.
@interface CanIgnoreReturnValue {}
