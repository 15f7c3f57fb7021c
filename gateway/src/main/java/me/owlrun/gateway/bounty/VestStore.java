package me.owlrun.gateway.bounty;

import me.owlrun.db.Bundle;
import me.owlrun.db.Database;
import me.owlrun.gateway.bounty.Allotment.Pair;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.gateway.ledger.Account;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.ledger.Transfer;
import me.owlrun.money.Msat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Ends the waiting of bounties: into the provider's pots when the node served payers enough, back
/// to the pools when it did not or was found cheating. Rows and transfer change together; like the
/// worker it holds the cursor's row meanwhile, so that no two can close the same bounty.
final class VestStore {

    private static final int ROWS_MAX = 500;

    private static final String LOCK = "SELECT seal FROM bounty_cursor FOR UPDATE";

    private static final String DUE =
            """
            SELECT a.id, a.provider_id, a.sats_msat, a.credit_msat, (
                SELECT count(DISTINCT p.payer) FROM bounty_accrual p
                WHERE p.provider_id = a.provider_id AND p.node_id = a.node_id
                    AND p.settled_at >= a.settled_at - make_interval(secs => ?)
                    AND p.settled_at <= a.vest_at) AS payers
            FROM bounty_accrual a
            WHERE a.state = 'open' AND a.vest_at <= ?
            ORDER BY a.vest_at, a.id LIMIT ?
            """;

    private static final String CLOSE =
            """
            UPDATE bounty_accrual a SET state = c.state, closed_by = c.closed_by, closed_at = ?
            FROM unnest(?::bigint[], ?::text[], ?::text[]) AS c (id, state, closed_by)
            WHERE a.id = c.id AND a.state = 'open'
            """;

    private static final String ADD_FORFEIT =
            """
            INSERT INTO bounty_forfeit (provider_id, node_id, reason, at) VALUES (?, ?, ?, ?)
            RETURNING id
            """;

    private static final String FORFEIT =
            """
            WITH gone AS (
                UPDATE bounty_accrual SET state = 'forfeited', closed_by = ?, closed_at = ?
                WHERE provider_id = ? AND node_id = ? AND state = 'open'
                RETURNING sats_msat, credit_msat
            )
            SELECT coalesce(sum(sats_msat), 0), coalesce(sum(credit_msat), 0) FROM gone
            """;

    private final Database database;
    private final LedgerStore ledger;
    private final BountyRules rules;
    private final InstantSource clock;

    VestStore(Database database, LedgerStore ledger, BountyRules rules, InstantSource clock) {
        this.database = database;
        this.ledger = ledger;
        this.rules = rules;
        this.clock = clock;
    }

    /// A bounty whose time has come.
    private record Due(long id, long provider, Pair amount, boolean isVested) {}

    /// How rows are closed, and by which transfer.
    private record Closing(Due due, String state, String closedBy) {}

    /// Closes bounties whose time has come; whether there were any.
    boolean step() {
        return database.transaction(connection -> {
            lock(connection);
            List<Due> due = due(connection);
            if (due.isEmpty()) {
                return false;
            }
            List<Closing> closings = new ArrayList<>();
            List<Transfer> transfers = new ArrayList<>();
            byReceiver(due).forEach((receiver, rows) -> close(receiver, rows, closings, transfers));
            Bundle writes = new Bundle();
            writes.update(
                    CLOSE,
                    params ->
                            params.time(clock.instant())
                                    .numbers(closings, c -> c.due().id())
                                    .texts(closings, Closing::state)
                                    .texts(closings, Closing::closedBy),
                    closings.size(),
                    "bounties were closed");
            ledger.postAll(writes, transfers);
            writes.run(connection);
            return true;
        });
    }

    private static void lock(Connection connection) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(LOCK)) {
            var _ = lock.execute();
        }
    }

    private List<Due> due(Connection connection) throws SQLException {
        List<Due> due = new ArrayList<>();
        Bundle look = new Bundle();
        look.query(
                DUE,
                params ->
                        params.value((double) rules.payersWindow().toSeconds())
                                .time(clock.instant())
                                .value(ROWS_MAX),
                rows -> {
                    while (rows.next()) {
                        due.add(
                                new Due(
                                        rows.getLong(1),
                                        rows.getLong(2),
                                        pair(rows, 3),
                                        rows.getLong(5) >= rules.payersMin()));
                    }
                });
        look.run(connection);
        return due;
    }

    private static Pair pair(ResultSet rows, int first) throws SQLException {
        return new Pair(Msat.of(rows.getLong(first)), Msat.of(rows.getLong(first + 1)));
    }

    /// Who gets them: a provider, or the pools, which are 0.
    private static Map<Long, List<Due>> byReceiver(List<Due> due) {
        Map<Long, List<Due>> receivers = new TreeMap<>();
        for (Due row : due) {
            receivers
                    .computeIfAbsent(row.isVested() ? row.provider() : 0, _ -> new ArrayList<>())
                    .add(row);
        }
        return receivers;
    }

    private static void close(
            long receiver, List<Due> rows, List<Closing> closings, List<Transfer> transfers) {
        Pair sum = rows.stream().map(Due::amount).reduce(Pair.ZERO, Pair::plus);
        long last = rows.stream().mapToLong(Due::id).max().orElseThrow();
        Transfer transfer =
                receiver == 0
                        ? returned(sum, Long.toString(last))
                        : out(sum).give(Account.sats(receiver), sum.sats())
                                .give(Account.credit(receiver), sum.credit())
                                .of("bounty", receiver + ":" + last);
        transfers.add(transfer);
        String state = receiver == 0 ? "returned" : "vested";
        rows.forEach(row -> closings.add(new Closing(row, state, transfer.idempotencyKey())));
    }

    private static Transfer.Builder out(Pair amount) {
        return Transfer.moving()
                .take(Account.BOUNTY_ESCROW, amount.sats())
                .take(Account.CREDIT_BOUNTY_ESCROW, amount.credit());
    }

    private static Transfer returned(Pair amount, String reference) {
        return out(amount)
                .give(Account.BOUNTY_POOL, amount.sats())
                .give(Account.CREDIT_BOUNTY_POOL, amount.credit())
                .of("bounty_return", reference);
    }

    /// Takes back all that a node waits for, and bars it from more.
    Pair forfeit(NodeIdentity node, String reason) {
        return database.transaction(connection -> {
            lock(connection);
            String reference = "forfeit-" + addForfeit(connection, node, reason);
            Pair sum = forfeit(connection, node, "bounty_return:" + reference);
            if (!sum.isZero()) {
                ledger.post(connection, returned(sum, reference));
            }
            return sum;
        });
    }

    private long addForfeit(Connection connection, NodeIdentity node, String reason)
            throws SQLException {
        List<Long> id = new ArrayList<>();
        Bundle insert = new Bundle();
        insert.query(
                ADD_FORFEIT,
                params ->
                        params.value(node.providerId())
                                .value(node.nodeId())
                                .value(reason)
                                .time(clock.instant()),
                rows -> {
                    while (rows.next()) {
                        id.add(rows.getLong(1));
                    }
                });
        insert.run(connection);
        return id.getFirst();
    }

    private Pair forfeit(Connection connection, NodeIdentity node, String closedBy)
            throws SQLException {
        List<Pair> sums = new ArrayList<>();
        Bundle update = new Bundle();
        update.query(
                FORFEIT,
                params ->
                        params.value(closedBy)
                                .time(clock.instant())
                                .value(node.providerId())
                                .value(node.nodeId()),
                rows -> {
                    while (rows.next()) {
                        sums.add(pair(rows, 1));
                    }
                });
        update.run(connection);
        return sums.getFirst();
    }
}
