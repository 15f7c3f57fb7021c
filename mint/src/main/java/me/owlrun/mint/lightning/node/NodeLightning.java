package me.owlrun.mint.lightning.node;

import me.owlrun.mint.lightning.Lightning;
import me.owlrun.mint.lightning.LightningException;

/// A real node.
public interface NodeLightning extends Lightning {

    /// The network it is on, as it names it itself: `mainnet` and `bitcoin` are real money.
    ///
    /// @throws LightningException when the node does not answer
    String network();

    /// Always: a real node moves money.
    @Override
    default boolean provesPayments() {
        return true;
    }

    @Override
    default NodeState recentNode() {
        return node();
    }
}
