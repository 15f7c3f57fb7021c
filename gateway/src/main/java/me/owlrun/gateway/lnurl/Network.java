package me.owlrun.gateway.lnurl;

/// Which invoices are of our money.
public enum Network {
    /// Bitcoin.
    BITCOIN,
    /// Play money: a fake backend writes invoices like Bitcoin's, a real node those of its test
    /// network; the mint pays its own only.
    PLAY;

    boolean has(String invoicePrefix) {
        return this == PLAY || invoicePrefix.equals("bc");
    }
}
