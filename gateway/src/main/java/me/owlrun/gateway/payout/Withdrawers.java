package me.owlrun.gateway.payout;

import java.util.OptionalLong;

/// Tells which account a key may take money out of.
@FunctionalInterface
interface Withdrawers {

    /// The account; empty when there is no such key, or it may only spend.
    OptionalLong account(String bearer);
}
