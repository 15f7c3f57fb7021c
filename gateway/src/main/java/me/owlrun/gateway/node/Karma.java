package me.owlrun.gateway.node;

/// What providers have given for nothing.
public interface Karma {

    /// A provider's standing.
    ///
    /// @param tier `bronze`, `silver`, `gold` or `diamond`
    /// @param freeTierJobs jobs served for nothing
    record Standing(long score, String tier, long freeTierJobs) {}

    /// The standing of a provider.
    Standing of(long providerId);

    /// How much more weight a provider has where nodes are chosen at random; 1 for none.
    default double factorOf(long providerId) {
        return 1;
    }

    /// Nobody has given anything yet.
    static Karma none() {
        Standing standing = new Standing(0, "bronze", 0);
        return _ -> standing;
    }
}
