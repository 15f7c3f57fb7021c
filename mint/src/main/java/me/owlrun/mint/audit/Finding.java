package me.owlrun.mint.audit;

/// What a check found.
///
/// @param check its name
/// @param breaches how many rows are wrong; counting stops at a thousand
public record Finding(String check, long breaches) {

    /// One line for a person.
    public String line() {
        return breaches == 0 ? "ok      " + check : "BREACH  " + check + ": " + breaches;
    }
}
