package me.owlrun.gateway.lnurl;

import java.util.Set;

/// Which invoices are of our money.
public enum Network {
    /// Bitcoin.
    BITCOIN(Set.of("bc")),
    /// Play money: a fake backend writes invoices like Bitcoin's, a real node those of its test
    /// network; the mint pays its own only.
    PLAY(Set.of("bc", "bcrt", "tb", "tbs"));

    private final Set<String> prefixes;

    Network(Set<String> prefixes) {
        this.prefixes = prefixes;
    }

    boolean has(String invoicePrefix) {
        return prefixes.contains(invoicePrefix);
    }
}
