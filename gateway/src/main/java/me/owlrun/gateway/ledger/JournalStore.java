package me.owlrun.gateway.ledger;

import me.owlrun.db.Database;

import java.util.List;

/// The transactions of the journal, for transfers that stand for nothing else in the database.
final class JournalStore {

    private final Database database;
    private final LedgerStore ledger;

    JournalStore(Database database, LedgerStore ledger) {
        this.database = database;
        this.ledger = ledger;
    }

    void postAll(List<Transfer> transfers) {
        database.inTransaction(connection -> ledger.postAll(connection, transfers));
    }

    void post(Transfer transfer) {
        database.inTransaction(connection -> ledger.post(connection, transfer));
    }
}
