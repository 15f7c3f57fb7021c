package me.owlrun.mint.ledger;

import me.owlrun.batch.Batcher;
import me.owlrun.batch.Batcher.Ticket;
import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.Point;
import me.owlrun.db.Database;
import me.owlrun.db.DatabaseException;
import me.owlrun.mint.keys.Signer.SignedMessage;
import me.owlrun.mint.ledger.LookRows.Known;
import me.owlrun.mint.ledger.LookRows.Question;
import me.owlrun.mint.outcome.ErrorCode;
import me.owlrun.mint.outcome.Outcome;
import me.owlrun.mint.outcome.Outcome.Done;
import me.owlrun.mint.step.Steps;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The hot way into the ledger: requests that arrive together share one look-up and one commit. A
/// request whose turn has come is answered only after its commit; one that cannot be written does
/// not sink the others. Any number of processes may run one on a database.
public final class Journal implements AutoCloseable {

    /// Requests that may wait for the ledger; more are refused.
    static final int QUEUE_MAX = 4096;

    /// Entries in one transaction.
    static final int BATCH_MAX = 256;

    /// Look-ups in one query.
    private static final int LOOKS_MAX = 64;

    /// One: two would make smaller batches and wait for each other's commit at the hot rows. It was
    /// measured, see docs/decisions/0008-ledger-journal.md.
    private static final int WRITERS = 1;

    private static final int READERS = 2;

    private final JournalStore store;
    private final Batcher<Entry, Recorded> writer;
    private final Batcher<Asked, Seen> reader;

    /// A request to be looked up, with the points of its inputs.
    private record Asked(RequestHash request, List<Point> ys) {}

    /// What the ledger knows of a request before it is carried out.
    ///
    /// @param answer the signatures it got, when it was carried out before
    /// @param inputs in which way inputs are taken: spent or pending
    /// @param allSpent whether every input is spent for good
    public record Seen(
            Optional<List<SignedMessage>> answer, Optional<ErrorCode> inputs, boolean allSpent) {}

    private Journal(JournalStore store, int writers, int queueMax, int batchMax) {
        this.store = store;
        this.writer = new Batcher<>("journal", writers, queueMax, batchMax, this::write);
        this.reader = new Batcher<>("look-up", READERS, queueMax, LOOKS_MAX, this::look);
    }

    /// Starts the threads of the journal.
    ///
    /// @param quotes how mint quotes are charged
    /// @param steps hears of every batch
    public static Journal start(Database database, QuoteRows quotes, Steps steps) {
        return start(new JournalStore(database, quotes, steps), WRITERS, QUEUE_MAX, BATCH_MAX);
    }

    static Journal start(JournalStore store, int writers, int queueMax, int batchMax) {
        return new Journal(store, writers, queueMax, batchMax);
    }

    /// Looks up a request and its inputs. What it says of inputs may be old when they are written;
    /// the ledger itself decides then.
    ///
    /// @param ys the points of the inputs' secrets
    public Outcome<Seen> look(RequestHash request, List<Point> ys) {
        Optional<Seen> seen = reader.ask(new Asked(request, ys));
        return seen.<Outcome<Seen>>map(Done::new).orElseGet(() -> Outcome.refused(ErrorCode.BUSY));
    }

    /// Writes an entry and returns once it is durable, or says why it is not written.
    public Recorded record(Entry entry) {
        return writer.ask(entry).orElseGet(() -> new Recorded.Conflict(ErrorCode.BUSY));
    }

    /// How many entries wait for their transaction.
    public int waiting() {
        return writer.waiting();
    }

    private void look(List<Ticket<Asked, Seen>> batch) {
        List<RequestHash> requests = new ArrayList<>();
        List<Point> ys = new ArrayList<>();
        for (Ticket<Asked, Seen> ticket : batch) {
            requests.add(ticket.question().request());
            ys.addAll(ticket.question().ys());
        }
        Known known = store.look(new Question(requests, ys, List.of()));
        for (Ticket<Asked, Seen> ticket : batch) {
            Asked asked = ticket.question();
            ticket.answer(
                    new Seen(
                            Optional.ofNullable(known.answers().get(asked.request())),
                            taken(known, asked.ys()),
                            !asked.ys().isEmpty() && known.spent().containsAll(asked.ys())));
        }
    }

    private static Optional<ErrorCode> taken(Known known, List<Point> ys) {
        if (ys.stream().anyMatch(known.spent()::contains)) {
            return Optional.of(ErrorCode.PROOFS_SPENT);
        }
        return ys.stream().anyMatch(known.pending()::contains)
                ? Optional.of(ErrorCode.PROOFS_PENDING)
                : Optional.empty();
    }

    private void write(List<Ticket<Entry, Recorded>> batch) {
        List<Ticket<Entry, Recorded>> left = batch;
        boolean first = true;
        while (!left.isEmpty()) {
            List<Ticket<Entry, Recorded>> apart = new ArrayList<>();
            List<Ticket<Entry, Recorded>> later = new ArrayList<>();
            split(left, apart, later);
            // Those that had something in common with others wait until these are committed; then
            // the ledger knows what to say to them.
            if (!first || !writeAll(apart)) {
                List<Ticket<Entry, Recorded>> unknown = answerKnown(apart);
                if (!writeAll(unknown)) {
                    unknown.forEach(this::writeAlone);
                }
            }
            left = later;
            first = false;
        }
    }

    /// Parts entries that have no request, input, output or quote in common from the others.
    private static void split(
            List<Ticket<Entry, Recorded>> batch,
            List<Ticket<Entry, Recorded>> apart,
            List<Ticket<Entry, Recorded>> later) {
        Set<Object> seen = new HashSet<>();
        for (Ticket<Entry, Recorded> ticket : batch) {
            Entry entry = ticket.question();
            List<Object> keys = new ArrayList<>(entry.ys());
            entry.outputs().forEach(output -> keys.add(new Output(output.b())));
            keys.add(entry.operation().requestHash());
            keys.addAll(entry.issues().keySet());
            (keys.stream().noneMatch(seen::contains) ? apart : later).add(ticket);
            seen.addAll(keys);
        }
    }

    /// Keeps a B_ apart from an Y that is the same point.
    private record Output(Point b) {}

    /// @return false when nothing is written
    private boolean writeAll(List<Ticket<Entry, Recorded>> tickets) {
        if (tickets.isEmpty()) {
            return true;
        }
        if (tickets.size() == 1) {
            writeAlone(tickets.getFirst());
            return true;
        }
        try {
            if (!store.writeAll(tickets.stream().map(Ticket::question).toList())) {
                return false;
            }
        } catch (DatabaseException e) {
            if (Database.isDataError(e)) {
                return false;
            }
            throw e;
        }
        tickets.forEach(ticket -> ticket.answer(new Recorded.Fresh()));
        return true;
    }

    private void writeAlone(Ticket<Entry, Recorded> ticket) {
        ticket.answerFrom(store::write);
    }

    /// Answers the entries that the ledger has something against, and gives the others.
    private List<Ticket<Entry, Recorded>> answerKnown(List<Ticket<Entry, Recorded>> tickets) {
        if (tickets.isEmpty()) {
            return tickets;
        }
        List<Entry> entries = tickets.stream().map(Ticket::question).toList();
        Known known =
                store.look(
                        new Question(
                                entries.stream().map(e -> e.operation().requestHash()).toList(),
                                entries.stream()
                                        .map(Entry::ys)
                                        .flatMap(Collection::stream)
                                        .toList(),
                                entries.stream()
                                        .map(Entry::outputs)
                                        .flatMap(Collection::stream)
                                        .map(BlindedMessage::b)
                                        .toList()));
        List<Ticket<Entry, Recorded>> unknown = new ArrayList<>();
        for (Ticket<Entry, Recorded> ticket : tickets) {
            against(known, ticket.question())
                    .ifPresentOrElse(ticket::answer, () -> unknown.add(ticket));
        }
        return unknown;
    }

    /// In the order of docs/mint.md.
    private static Optional<Recorded> against(Known known, Entry entry) {
        List<SignedMessage> answer = known.answers().get(entry.operation().requestHash());
        if (answer != null) {
            return Optional.of(new Recorded.Replay(answer));
        }
        List<Point> bs = entry.outputs().stream().map(BlindedMessage::b).toList();
        Optional<ErrorCode> code =
                taken(known, entry.ys())
                        .or(() ->
                                bs.stream().anyMatch(known.signed()::contains)
                                        ? Optional.of(ErrorCode.OUTPUTS_SIGNED)
                                        : Optional.empty())
                        .or(() ->
                                bs.stream().anyMatch(known.reserved()::contains)
                                        ? Optional.of(ErrorCode.OUTPUTS_PENDING)
                                        : Optional.empty());
        return code.map(Recorded.Conflict::new);
    }

    /// Writes what waits, then stops.
    @Override
    public void close() {
        reader.close();
        writer.close();
    }
}
