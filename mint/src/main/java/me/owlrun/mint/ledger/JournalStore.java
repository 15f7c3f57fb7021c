package me.owlrun.mint.ledger;

import me.owlrun.db.Database;
import me.owlrun.mint.ledger.LookRows.Known;
import me.owlrun.mint.ledger.LookRows.Question;
import me.owlrun.mint.outcome.ErrorCode;
import me.owlrun.mint.step.Step;
import me.owlrun.mint.step.Steps;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/// The transactions of the journal: several entries at once, or one with the reason why not.
final class JournalStore {

    private final Database database;
    private final QuoteRows quotes;
    private final Steps steps;

    JournalStore(Database database, QuoteRows quotes, Steps steps) {
        this.database = database;
        this.quotes = quotes;
        this.steps = steps;
    }

    Known look(Question question) {
        return database.read(connection -> LookRows.look(connection, question));
    }

    /// Writes entries that have nothing in common.
    ///
    /// @return false when anything is in the way of any of them; then none is written
    boolean writeAll(List<Entry> entries) {
        Tally tally = Tally.of(entries);
        return database.transaction(connection -> {
            boolean written =
                    charge(connection, entries)
                            && EntryRows.write(connection, entries, tally)
                                    == EntryRows.Written.DONE;
            if (written) {
                steps.reached(Step.LEDGER_WRITTEN);
            } else {
                connection.rollback();
            }
            return written;
        });
    }

    /// Writes one entry.
    Recorded write(Entry entry) {
        return database.transaction(connection -> {
            if (!charge(connection, List.of(entry))) {
                Recorded why = LedgerStore.rollBackAndExplain(connection, entry);
                return why instanceof Recorded.Replay
                        ? why
                        : new Recorded.Conflict(ErrorCode.QUOTE_ISSUED);
            }
            Recorded recorded = LedgerStore.record(connection, entry);
            if (recorded instanceof Recorded.Fresh) {
                steps.reached(Step.LEDGER_WRITTEN);
            }
            return recorded;
        });
    }

    /// Quotes come first in every transaction that locks both them and the ledger.
    private boolean charge(Connection connection, List<Entry> entries) throws SQLException {
        SortedMap<UUID, Long> amounts = new TreeMap<>();
        Instant now = Instant.MIN;
        for (Entry entry : entries) {
            amounts.putAll(entry.issues());
            Instant createdAt = entry.operation().createdAt();
            now = createdAt.isAfter(now) ? createdAt : now;
        }
        return amounts.isEmpty() || quotes.issue(connection, amounts, now);
    }
}
