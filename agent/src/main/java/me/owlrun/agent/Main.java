package me.owlrun.agent;

/// Starts the agent.
public final class Main {
    private Main() {}

    /// Starts the agent.
    ///
    /// @param args flags
    public static void main(String[] args) {
        IO.println("agent");
    }
}
