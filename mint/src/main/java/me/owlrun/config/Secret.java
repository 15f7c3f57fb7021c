package me.owlrun.config;

/// A value that is never printed: its `toString` hides it.
///
/// @param value the secret itself; pass it on only to what needs it
public record Secret(String value) {

    @Override
    public String toString() {
        return "[REDACTED]";
    }
}
