package me.owlrun.gateway.job;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// A kind of work. Not every node can do every kind.
public enum Task {
    /// Answers a list of messages.
    CHAT,
    /// Goes on with a text.
    COMPLETION,
    /// Turns texts into vectors.
    EMBEDDING;

    /// Its name outside.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The tasks of these names; names that are unknown are left out.
    public static Set<Task> named(Collection<String> names) {
        return Arrays.stream(values())
                .filter(task -> names.contains(task.text()))
                .collect(Collectors.toUnmodifiableSet());
    }
}
