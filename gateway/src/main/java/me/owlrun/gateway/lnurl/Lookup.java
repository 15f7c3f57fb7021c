package me.owlrun.gateway.lnurl;

/// What became of a question to an LNURL server.
///
/// @param <T> what was asked for
public sealed interface Lookup<T> {

    /// It is there and passed every check.
    record Found<T>(T value) implements Lookup<T> {}

    /// It did not.
    ///
    /// @param reason at most 90 printable characters for logs and people
    record Refused<T>(Refusal refusal, String reason) implements Lookup<T> {}
}
