package me.owlrun.mint.http;

import me.owlrun.mint.outcome.ErrorCode;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/// Decides before a request is read whether it is served at all.
@FunctionalInterface
public interface Admission {

    /// Whether this caller may do this now.
    Verdict admit(Caller caller, Route route);

    /// Who sent a request.
    ///
    /// @param peer the other end of the connection
    /// @param header all lines of a header of the request, by its name
    record Caller(InetAddress peer, Function<String, List<String>> header) {}

    /// The decision.
    sealed interface Verdict {}

    /// It is served.
    ///
    /// @param client the client's address as limits count it
    record Admitted(String client) implements Verdict {}

    /// It is refused until later, as HTTP 429.
    ///
    /// @param detail one sentence
    /// @param retryAfter when it may be tried again
    record Later(String detail, Duration retryAfter) implements Verdict {}

    /// It is refused, as HTTP 400.
    ///
    /// @param code the stable code
    /// @param detail one sentence
    record Refused(ErrorCode code, String detail) implements Verdict {}
}
