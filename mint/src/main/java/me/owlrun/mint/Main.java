package me.owlrun.mint;

/// Starts the mint.
public final class Main {
    private Main() {}

    /// Starts the mint.
    ///
    /// @param args flags
    public static void main(String[] args) {
        IO.println("mint");
    }
}
