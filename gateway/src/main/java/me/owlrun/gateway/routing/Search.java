package me.owlrun.gateway.routing;

import java.util.Optional;
import java.util.function.Predicate;

/// What a node is sought for.
///
/// @param work what it has to do: a model and a task, in one word
/// @param fits whether a node that was drawn may have it; asked under the router's lock, so it must
///   not wait for anything
/// @param place whether it takes one of the places of the node; what does not is not counted as
///   load
/// @param karmaFirst whether karma goes before chance among near equals
/// @param prefix names the beginning of the conversation
/// @param <T> what stands for a node
public record Search<T>(
        String work,
        Predicate<T> fits,
        boolean place,
        boolean karmaFirst,
        Optional<String> prefix) {

    /// One that takes a place.
    public Search(String work, Predicate<T> fits, boolean karmaFirst, Optional<String> prefix) {
        this(work, fits, true, karmaFirst, prefix);
    }

    /// Any node that does the work.
    public static <T> Search<T> any(String work) {
        return new Search<>(work, _ -> true, false, Optional.empty());
    }
}
