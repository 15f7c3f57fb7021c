package me.owlrun.gateway.bounty;

import me.owlrun.db.Bundle;
import me.owlrun.db.Database;
import me.owlrun.gateway.bounty.Allotment.ModelDay;
import me.owlrun.gateway.bounty.Allotment.Pair;
import me.owlrun.gateway.ledger.Account;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.ledger.Transfer;
import me.owlrun.money.Msat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Goes over settled jobs: feeds the pools from their fees and puts their bounties into escrow. A
/// step is one transaction that moves the cursor, so every job is looked at exactly once; whoever
/// holds the cursor's row works, on whichever gateway.
final class AccrueStore {

    /// Seals of one step; each holds the transfers of one commit.
    private static final long SEALS_MAX = 50;

    private static final String LOCK =
            """
            SELECT c.seal, h.n FROM bounty_cursor c CROSS JOIN ledger_seal_head h
            FOR UPDATE OF c SKIP LOCKED
            """;

    private static final String SPENT =
            """
            SELECT d.model, d.day, d.sats_msat, d.credit_msat
            FROM unnest(?::text[]) AS w (model) JOIN bounty_day d ON d.model = w.model
            WHERE d.day BETWEEN ? AND ?
            """;

    private static final String ADD_BATCH =
            """
            INSERT INTO bounty_batch (seal, fed_sats_msat, fed_credit_msat, at)
            VALUES (?, ?, ?, ?)
            """;

    private static final String ADD =
            """
            INSERT INTO bounty_accrual (seal, payment_id, job_id, provider_id, node_id, model,
                payer, multiplier_permille, trust, max_permille, flap_permille, keep_percent,
                base_sats_msat, base_credit_msat, cut_sats_msat, cut_credit_msat, sats_msat,
                credit_msat, settled_at, vest_at, state)
            SELECT ?, payment_id, job_id, provider_id, node_id, model, payer,
                multiplier_permille, trust, max_permille, flap_permille, ?, base_sats_msat,
                base_credit_msat, cut_sats_msat, cut_credit_msat, sats_msat, credit_msat,
                settled_at, settled_at + make_interval(secs => ?), 'open'
            FROM unnest(?::text[], ?::text[], ?::bigint[], ?::text[], ?::text[], ?::text[],
                        ?::bigint[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[],
                        ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[],
                        ?::timestamptz[])
                 AS t (payment_id, job_id, provider_id, node_id, model, payer,
                       multiplier_permille, trust, max_permille, flap_permille, base_sats_msat,
                       base_credit_msat, cut_sats_msat, cut_credit_msat, sats_msat, credit_msat,
                       settled_at)
            """;

    private static final String ADD_DAYS =
            """
            INSERT INTO bounty_day (model, day, sats_msat, credit_msat)
            SELECT model, (at AT TIME ZONE 'UTC')::date, sum(sats), sum(credit)
            FROM unnest(?::text[], ?::timestamptz[], ?::bigint[], ?::bigint[])
                 AS t (model, at, sats, credit)
            GROUP BY 1, 2 ORDER BY 1, 2
            ON CONFLICT (model, day) DO UPDATE SET
                sats_msat = bounty_day.sats_msat + excluded.sats_msat,
                credit_msat = bounty_day.credit_msat + excluded.credit_msat
            """;

    private static final String ADVANCE = "UPDATE bounty_cursor SET seal = ?";

    private final Database database;
    private final LedgerStore ledger;
    private final BountyRules rules;
    private final TrustTiers trust;
    private final InstantSource clock;

    AccrueStore(
            Database database,
            LedgerStore ledger,
            BountyRules rules,
            TrustTiers trust,
            InstantSource clock) {
        this.database = database;
        this.ledger = ledger;
        this.rules = rules;
        this.trust = trust;
        this.clock = clock;
    }

    /// Where the worker is, and where the ledger is.
    private record Place(long seal, long head) {}

    /// Looks at the next seals; whether there were any.
    boolean step() {
        return database.transaction(connection -> {
            Optional<Place> place = lock(connection);
            if (place.isEmpty() || place.get().seal() >= place.get().head()) {
                return false;
            }
            long after = place.get().seal();
            long through = Math.min(after + SEALS_MAX, place.get().head());
            List<Settled> jobs = SettledRows.between(connection, rules.bar(), after, through);
            Bundle writes = new Bundle();
            writes.update(ADVANCE, params -> params.value(through), 1, "cursors were moved");
            write(connection, writes, jobs, through);
            writes.run(connection);
            return true;
        });
    }

    private static Optional<Place> lock(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(LOCK);
                ResultSet row = query.executeQuery()) {
            return row.next()
                    ? Optional.of(new Place(row.getLong(1), row.getLong(2)))
                    : Optional.empty();
        }
    }

    private void write(Connection connection, Bundle bundle, List<Settled> jobs, long through)
            throws SQLException {
        Pair fed = Allotment.feed(rules, jobs).min(balance(connection, FEES));
        Allotment allotment =
                new Allotment(
                        rules,
                        trust,
                        balance(connection, POOLS).plus(fed),
                        spent(connection, jobs));
        jobs.forEach(allotment::add);
        List<Accrual> accruals = allotment.accruals();
        if (fed.isZero() && accruals.isEmpty()) {
            return;
        }
        bundle.update(
                ADD_BATCH,
                params ->
                        params.value(through)
                                .value(fed.sats().value())
                                .value(fed.credit().value())
                                .time(clock.instant()));
        if (!accruals.isEmpty()) {
            add(bundle, accruals, through);
        }
        List<Transfer> transfers = new ArrayList<>();
        move(transfers, "bounty_feed", through, FEES, POOLS, fed);
        move(transfers, "bounty_accrue", through, POOLS, ESCROWS, allotment.sum());
        ledger.postAll(bundle, transfers);
    }

    /// An account in each unit.
    private record Accounts(Account sats, Account credit) {}

    private static final Accounts FEES = new Accounts(Account.FEE, Account.CREDIT_FEE);
    private static final Accounts POOLS =
            new Accounts(Account.BOUNTY_POOL, Account.CREDIT_BOUNTY_POOL);
    private static final Accounts ESCROWS =
            new Accounts(Account.BOUNTY_ESCROW, Account.CREDIT_BOUNTY_ESCROW);

    private static void move(
            List<Transfer> transfers,
            String kind,
            long through,
            Accounts from,
            Accounts to,
            Pair amount) {
        if (!amount.isZero()) {
            transfers.add(
                    Transfer.moving()
                            .take(from.sats(), amount.sats())
                            .give(to.sats(), amount.sats())
                            .take(from.credit(), amount.credit())
                            .give(to.credit(), amount.credit())
                            .of(kind, Long.toString(through)));
        }
    }

    /// Others may add to a pool meanwhile, but only the worker takes from it.
    private Pair balance(Connection connection, Accounts of) throws SQLException {
        return new Pair(
                ledger.balance(connection, of.sats()), ledger.balance(connection, of.credit()));
    }

    private static Map<ModelDay, Pair> spent(Connection connection, List<Settled> jobs)
            throws SQLException {
        List<Settled> offered = jobs.stream().filter(job -> job.offer().isPresent()).toList();
        Map<ModelDay, Pair> spent = new HashMap<>();
        if (offered.isEmpty()) {
            return spent;
        }
        List<String> models = offered.stream().map(Settled::model).distinct().toList();
        List<LocalDate> days = offered.stream().map(Settled::day).sorted().toList();
        Bundle look = new Bundle();
        look.query(
                SPENT,
                params ->
                        params.texts(models, model -> model)
                                .value(days.getFirst())
                                .value(days.getLast()),
                rows -> {
                    while (rows.next()) {
                        spent.put(
                                new ModelDay(rows.getString(1), rows.getObject(2, LocalDate.class)),
                                pair(rows, 3));
                    }
                });
        look.run(connection);
        return spent;
    }

    private static Pair pair(ResultSet rows, int first) throws SQLException {
        return new Pair(Msat.of(rows.getLong(first)), Msat.of(rows.getLong(first + 1)));
    }

    private void add(Bundle bundle, List<Accrual> rows, long through) {
        bundle.update(
                ADD,
                params ->
                        params.value(through)
                                .value(rules.keepPercent())
                                .value((double) rules.vest().toSeconds())
                                .texts(rows, r -> r.job().paymentId())
                                .texts(rows, r -> r.job().jobId())
                                .numbers(rows, r -> r.job().node().providerId())
                                .texts(rows, r -> r.job().node().nodeId())
                                .texts(rows, r -> r.job().model())
                                .texts(rows, r -> r.job().payer())
                                .numbers(rows, AccrueStore::multiplier)
                                .texts(rows, r -> r.trust().name().toLowerCase(Locale.ROOT))
                                .numbers(rows, r -> (long) r.maxPermille())
                                .numbers(rows, r -> (long) r.flapPermille())
                                .numbers(rows, r -> r.job().sats().base().value())
                                .numbers(rows, r -> r.job().credit().base().value())
                                .numbers(rows, r -> cut(r.job().sats(), rules.referralPercent()))
                                .numbers(rows, r -> cut(r.job().credit(), 0))
                                .numbers(rows, r -> r.sats().value())
                                .numbers(rows, r -> r.credit().value())
                                .times(rows, r -> r.job().settledAt()));
        bundle.update(
                ADD_DAYS,
                params ->
                        params.texts(rows, r -> r.job().model())
                                .times(rows, r -> r.job().settledAt())
                                .numbers(rows, r -> r.sats().value())
                                .numbers(rows, r -> r.credit().value()));
    }

    private static long multiplier(Accrual accrual) {
        return accrual.job().offer().map(Settled.Offer::permille).orElse(BountyRules.ONE);
    }

    private static long cut(Extra.Parts parts, int referralPercent) {
        return parts.cut(referralPercent).value();
    }
}
