package me.owlrun.mint.keys;

import me.owlrun.cashu.KeysetId;

/// The two ways in which a keyset's identifier follows from its contents (NUT-02).
public enum IdVersion {
    /// 8 bytes, from the keys alone; for wallets that know no other.
    V1("00"),
    /// 33 bytes, from keys, unit and fee.
    V2("01");

    private final String prefix;

    IdVersion(String prefix) {
        this.prefix = prefix;
    }

    static IdVersion of(KeysetId id) {
        return id.value().startsWith(V1.prefix) ? V1 : V2;
    }
}
