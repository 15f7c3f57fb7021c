package me.owlrun.mint.guard;

import java.util.Locale;

/// What an operator can pause.
public enum Pausable {
    /// New mint quotes and the issue of ecash for them.
    MINT,
    /// New melt quotes and their payment; payments under way go on.
    MELT,
    /// Swaps.
    SWAP;

    /// Its name in JSON and in the database.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
