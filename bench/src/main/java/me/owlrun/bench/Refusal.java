package me.owlrun.bench;

/// An answer other than 200, by what the mint said.
final class Refusal extends Exception {

    private final String kind;
    private final boolean certain;

    /// @param kind what the table counts it as
    /// @param certain whether it says for certain that nothing happened
    Refusal(String kind, boolean certain) {
        super(kind, null, false, false);
        this.kind = kind;
        this.certain = certain;
    }

    String kind() {
        return kind;
    }

    boolean certain() {
        return certain;
    }
}
