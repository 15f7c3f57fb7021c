package me.owlrun.gateway.vault;

/// What asking the mint gave. Only [Refused] and [NotSent] say that nothing happened.
///
/// @param <T> what is answered when all is well
sealed interface MintAnswer<T> {

    /// The mint did it.
    ///
    /// @param value its answer
    record Ok<T>(T value) implements MintAnswer<T> {}

    /// The mint refused (NUT-00 error).
    ///
    /// @param code its number
    record Refused<T>(int code) implements MintAnswer<T> {}

    /// The request never left: the mint cannot be reached.
    record NotSent<T>() implements MintAnswer<T> {}

    /// The request left and no clear answer came: it may have been carried out.
    ///
    /// @param reason what was seen, for the log
    record Unknown<T>(String reason) implements MintAnswer<T> {}
}
