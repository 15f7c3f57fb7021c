package me.owlrun.up;

/// Starts the up.
public final class Main {
    private Main() {}

    /// Starts the up.
    ///
    /// @param args flags
    public static void main(String[] args) {
        IO.println("up");
    }
}
