package me.owlrun.agent.problem;

/// Something that keeps the node from earning, as a person should read it.
///
/// @param code stable short name, such as `key_refused`
/// @param severity how bad it is
/// @param title what is wrong, one sentence
/// @param fix what to do about it, one sentence
public record Problem(String code, Severity severity, String title, String fix) {
    /// How bad a problem is.
    public enum Severity {
        /// The node earns, but something is not as it should be.
        WARNING,
        /// The node cannot earn until this is gone.
        ERROR
    }

    /// A problem that stops the node from earning.
    public static Problem error(String code, String title, String fix) {
        return new Problem(code, Severity.ERROR, title, fix);
    }

    /// A problem that does not stop the node.
    public static Problem warning(String code, String title, String fix) {
        return new Problem(code, Severity.WARNING, title, fix);
    }
}
