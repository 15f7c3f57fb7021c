package me.owlrun.gateway.ledger;

import me.owlrun.batch.Batcher;
import me.owlrun.batch.Batcher.Ticket;
import me.owlrun.db.Database;
import me.owlrun.db.DatabaseException;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Transfers of many threads in one commit. Each waits for its own, which is done once it returns;
/// one that cannot be made does not sink the others. Any number of processes may run one on a
/// database. See docs/decisions/0012-group-commit.md.
public final class LedgerJournal implements AutoCloseable {

    /// Transfers that may wait; more than connections can bring.
    private static final int QUEUE_MAX = 65_536;

    /// Transfers in one transaction.
    public static final int BATCH_MAX = 256;

    private final JournalStore store;
    private final Batcher<Transfer, Optional<LedgerException>> writer;

    /// Starts its thread.
    public LedgerJournal(Database database, LedgerStore ledger) {
        this.store = new JournalStore(database, ledger);
        this.writer = new Batcher<>("ledger", 1, QUEUE_MAX, BATCH_MAX, this::write);
    }

    /// Makes a transfer; it is durable when this returns, and the same one again changes nothing.
    ///
    /// @throws LedgerException when a floored account would go below zero, or the same key was used
    ///   for something else
    public void post(Transfer transfer) {
        writer.mustAsk(transfer)
                .ifPresent(refused -> {
                    throw refused;
                });
    }

    /// Whether a failure may lie in one item of a batch, so that the others are worth a try.
    public static boolean isOfOneItem(RuntimeException e) {
        return !(e instanceof DatabaseException failed) || Database.isDataError(failed);
    }

    private void write(List<Ticket<Transfer, Optional<LedgerException>>> batch) {
        List<Ticket<Transfer, Optional<LedgerException>>> first = new ArrayList<>();
        List<Ticket<Transfer, Optional<LedgerException>>> repeats = new ArrayList<>();
        Set<String> keys = new HashSet<>();
        for (Ticket<Transfer, Optional<LedgerException>> ticket : batch) {
            boolean fresh = keys.add(ticket.question().idempotencyKey());
            (fresh ? first : repeats).add(ticket);
        }
        writeAll(first);
        repeats.forEach(this::writeAlone);
    }

    private void writeAll(List<Ticket<Transfer, Optional<LedgerException>>> tickets) {
        try {
            store.postAll(tickets.stream().map(Ticket::question).toList());
        } catch (LedgerException | DatabaseException e) {
            if (!isOfOneItem(e)) {
                throw e;
            }
            tickets.forEach(this::writeAlone);
            return;
        }
        tickets.forEach(ticket -> ticket.answer(Optional.empty()));
    }

    private void writeAlone(Ticket<Transfer, Optional<LedgerException>> ticket) {
        ticket.answerFrom(transfer -> {
            try {
                store.post(transfer);
                return Optional.empty();
            } catch (LedgerException e) {
                return Optional.of(e);
            }
        });
    }

    /// Writes what waits, then stops.
    @Override
    public void close() {
        writer.close();
    }
}
