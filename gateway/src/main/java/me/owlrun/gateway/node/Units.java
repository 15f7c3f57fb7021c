package me.owlrun.gateway.node;

import me.owlrun.money.Msat;

/// How a node reads what it is told. Seed 000 says sats; the first client in the field reads the
/// same fields as millisats, and `registered` as the sign that it earns.
enum Units {
    /// As documented.
    SEED,
    /// As the first client does.
    GO_CLIENT;

    /// The value of a field that ends in `_sats`.
    long of(Msat amount) {
        return switch (this) {
            case SEED -> amount.floorSat();
            case GO_CLIENT -> amount.value();
        };
    }

    /// The word for a node's state.
    String status(String documented) {
        return this == GO_CLIENT && documented.equals("online") ? "registered" : documented;
    }
}
