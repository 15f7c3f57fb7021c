package me.owlrun.mint.guard;

import me.owlrun.db.DatabaseException;
import me.owlrun.db.Migration;

import java.util.Locale;

/// What an operator can pause.
public enum Pausable {
    /// New mint quotes and the issue of ecash for them.
    MINT,
    /// New melt quotes and their payment; payments under way go on.
    MELT,
    /// Swaps.
    SWAP;

    private static final String V025 = "V025__pause.sql";

    /// The migration that makes the table of what is paused.
    public static Migration migration() {
        var resource = Pausable.class.getResourceAsStream(V025);
        if (resource == null) {
            throw new DatabaseException("the resource " + V025 + " is missing in this build");
        }
        return Migration.read(V025, resource);
    }

    /// Its name in JSON and in the database.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
