package me.owlrun.gateway.admin;

import java.util.Locale;

/// What an operator can pause.
public enum Pausable {
    /// New paid jobs; those under way go on.
    JOBS,
    /// Payouts; those under way are carried on.
    PAYOUTS,
    /// Registrations of new nodes; known ones go on.
    REGISTRATIONS;

    /// Its name in JSON and in the database.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
