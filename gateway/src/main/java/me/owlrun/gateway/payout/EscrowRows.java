package me.owlrun.gateway.payout;

import me.owlrun.money.Msat;

import java.sql.Connection;
import java.sql.SQLException;

/// What of an account's sats cannot be taken out yet.
@FunctionalInterface
public interface EscrowRows {

    /// Everything can.
    EscrowRows NONE = (connection, accountId) -> Msat.ZERO;

    /// Asked within the transaction that takes money out; may be more than the account has.
    Msat held(Connection connection, long accountId) throws SQLException;
}
