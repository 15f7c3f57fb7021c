package me.owlrun.gateway.probe;

import me.owlrun.db.Database;
import me.owlrun.gateway.ledger.Account;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.ledger.Transfer;
import me.owlrun.money.Msat;

/// The faucet: filled out of the gateway's earned fees, and only out of them, so that there is
/// ecash for whatever it pays.
final class FaucetStore {

    private final Database database;
    private final LedgerStore ledger;

    FaucetStore(Database database, LedgerStore ledger) {
        this.database = database;
        this.ledger = ledger;
    }

    Msat balance(Account account) {
        return database.read(connection -> ledger.balance(connection, account));
    }

    /// Moves fees into the faucet, or back when the amount is negative; once for each reference.
    ///
    /// @throws me.owlrun.gateway.ledger.LedgerException when there is less, or the reference was
    ///   used for another amount
    void fund(Msat amount, String reference) {
        database.inTransaction(connection ->
                ledger.post(
                        connection,
                        Transfer.moving()
                                .take(Account.FEE, amount)
                                .give(Account.FAUCET, amount)
                                .of("faucet", reference)));
    }
}
