package me.owlrun.gateway.trust;

import me.owlrun.gateway.job.NodeIdentity;

/// Takes nodes out of the market and lets them back.
public interface Warden {

    /// What the reasons of this package begin with, so that what an operator ordered is not undone.
    String PREFIX = "Checks: ";

    /// Gives a node no more jobs; one that gets none already is left as it is.
    ///
    /// @param reason what its operator is told, beginning with [#PREFIX]
    void putAway(NodeIdentity node, String reason);

    /// Takes what a node still waits for beside its pay, because it was found cheating.
    void forfeit(NodeIdentity node, String reason);

    /// Gives a node jobs again if it was put away by this package.
    void letBack(NodeIdentity node);
}
