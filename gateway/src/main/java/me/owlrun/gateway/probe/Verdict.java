package me.owlrun.gateway.probe;

import java.util.Locale;

/// What an answer to a question of the house says of its node.
enum Verdict {
    /// It is what the model would say.
    RIGHT,
    /// It is not.
    WRONG,
    /// It came, and says nothing.
    UNCLEAR,
    /// None came.
    FAILED;

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
