package me.owlrun.gateway.trust;

import java.util.Locale;

/// What can speak against a node.
public enum Sign {
    /// Too many wrong answers to questions whose answers are known, in the long run.
    CANARY("Too many checks of this node were answered wrongly."),
    /// An answer came faster than the model runs on any such hardware.
    TOO_FAST("An answer came faster than this model runs on such hardware."),
    /// It reported more tokens than its answer can have.
    OVER_REPORT("It reported more tokens than its answer can have."),
    /// It registered a model with a digest that is not the model's.
    DIGEST("A model's digest is not the one that is known for it."),
    /// It took a job and did not finish it; alone it gives no points.
    DROPPED("It took jobs and did not finish them.");

    private final String words;

    Sign(String words) {
        this.words = words;
    }

    /// Its name outside.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// What its operator is told.
    String words() {
        return words;
    }
}
