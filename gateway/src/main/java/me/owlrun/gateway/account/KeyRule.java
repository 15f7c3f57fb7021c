package me.owlrun.gateway.account;

import me.owlrun.money.Msat;

import java.util.Optional;
import java.util.Set;

/// What a key may do.
///
/// @param spendOnly whether it pays for jobs and does nothing else
/// @param limit what may be spent with it in a period, if there is a limit
/// @param period `total`, `day` or `month`; days and months are UTC
record KeyRule(boolean spendOnly, Optional<Msat> limit, String period) {

    static final String TOTAL = "total";
    static final Set<String> PERIODS = Set.of(TOTAL, "day", "month");

    /// The key that opened an account.
    static final KeyRule OWNER = new KeyRule(false, Optional.empty(), TOTAL);
}
