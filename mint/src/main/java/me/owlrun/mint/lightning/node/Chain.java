package me.owlrun.mint.lightning.node;

import java.util.Set;

/// Whether the mint deals in real bitcoin or in the coins of a test network.
public enum Chain {
    /// Bitcoin.
    MAIN,
    /// Any of the test networks.
    TEST;

    private static final String MAIN_PREFIX = "bc";
    private static final Set<String> MAIN_NAMES = Set.of("mainnet", "bitcoin");
    private static final Set<String> TEST_NAMES =
            Set.of("testnet", "testnet3", "testnet4", "signet", "regtest", "simnet");

    /// Whether an invoice with this currency prefix is payable here.
    public boolean hasInvoices(String prefix) {
        return prefix.equals(MAIN_PREFIX) == (this == MAIN);
    }

    /// Whether a node that names its network so belongs here.
    public boolean hasNodesOf(String network) {
        return (this == MAIN ? MAIN_NAMES : TEST_NAMES).contains(network);
    }
}
