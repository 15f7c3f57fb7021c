package me.owlrun.agent;

/// Marks a test helper that is called as often for waiting as for its result; Error Prone knows the
/// name.
@interface CanIgnoreReturnValue {}
