package me.owlrun.mint.outcome;

import java.util.function.Function;

/// The answer to a request: [Done] or [Refused]. Refusals are ordinary values, not exceptions.
///
/// @param <T> what is answered when all is well
public sealed interface Outcome<T> {

    /// The request was carried out.
    ///
    /// @param value the answer
    record Done<T>(T value) implements Outcome<T> {}

    /// The request was refused and changed nothing.
    ///
    /// @param code the stable code
    /// @param detail one sentence for a person, free of secrets
    record Refused<T>(ErrorCode code, String detail) implements Outcome<T> {

        /// The same refusal as the answer of another use case.
        public <U> Refused<U> as() {
            return new Refused<>(code, detail);
        }
    }

    /// A refusal with its usual sentence.
    ///
    /// @param code why
    static <T> Refused<T> refused(ErrorCode code) {
        return new Refused<>(code, code.detail());
    }

    /// The outcome of the next step, taken only when this one is done.
    default <U> Outcome<U> then(Function<T, Outcome<U>> next) {
        return switch (this) {
            case Done<T>(T value) -> next.apply(value);
            case Refused<T> refused -> refused.as();
        };
    }

    /// The same outcome with its value changed.
    default <U> Outcome<U> map(Function<T, U> change) {
        return switch (this) {
            case Done<T>(T value) -> new Done<>(change.apply(value));
            case Refused<T> refused -> refused.as();
        };
    }
}
