package me.owlrun.gateway;

/// Starts the gateway.
public final class Main {
    private Main() {}

    /// Starts the gateway.
    ///
    /// @param args flags
    public static void main(String[] args) {
        IO.println("gateway");
    }
}
