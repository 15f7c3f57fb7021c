package me.owlrun.gateway.probe;

import me.owlrun.db.Bundle;
import me.owlrun.db.Database;
import me.owlrun.db.Migration;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.gateway.ledger.Account;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.ledger.Transfer;
import me.owlrun.gateway.meter.Bill;
import me.owlrun.gateway.meter.EarningStore;
import me.owlrun.gateway.meter.ProviderTier;
import me.owlrun.gateway.meter.Tariff;
import me.owlrun.gateway.meter.Usage;
import me.owlrun.money.Msat;

import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// The rows of `house_job` and what they move: held out of the faucet before the node is asked,
/// then paid to the provider or given back. Only the provider's part of the price leaves; a share
/// for the gateway would be the operator's money going round.
final class HouseStore {

    private static final String MIGRATION = "V045__house.sql";
    private static final int ANSWER_CHARS_MAX = 400;
    private static final int WITNESSES_MAX = 8;
    private static final Duration ANSWERS_KEPT = Duration.ofDays(7);

    /// One at a time at all gateways, so that caps hold.
    private static final String LOCK_CAPS = "SELECT pg_advisory_xact_lock(6129484611666145821)";

    private static final String SPENT =
            """
            SELECT coalesce(sum(spent), 0)::bigint,
                coalesce(sum(spent) FILTER (WHERE provider_id = ?), 0)::bigint
            FROM (
                SELECT provider_id, CASE state WHEN 'open' THEN held_msat ELSE paid_msat END
                    AS spent
                FROM house_job WHERE held_msat > 0 AND created_at >= ?) AS today
            """;

    private static final String KNOWN_SINCE =
            """
            SELECT first_registered_at FROM node WHERE provider_id = ? AND node_id = ?
            """;

    private static final String INSERT =
            """
            INSERT INTO house_job (id, provider_id, node_id, model, kind, question, state,
                held_msat, input_pico_usd, output_pico_usd, usd_cents_per_btc, cost_min_msat,
                created_at)
            VALUES (?, ?, ?, ?, ?, ?, 'open', ?, ?, ?, ?, ?, ?)
            """;

    private static final String CLOSE =
            """
            UPDATE house_job SET state = ?, verdict = ?, answer = ?, job_id = ?, paid_msat = ?,
                prompt_tokens = ?, completion_tokens = ?, tier = ?, closed_at = ?
            WHERE id = ? AND state = 'open'
            """;

    private static final String OTHERS =
            """
            SELECT answer FROM house_job
            WHERE question = ? AND answer IS NOT NULL AND provider_id <> ?
            LIMIT ?
            """;

    private static final String LEFT =
            """
            SELECT id, held_msat FROM house_job WHERE state = 'open' AND created_at < ?
            ORDER BY created_at LIMIT 100
            """;

    private static final String FORGET =
            """
            UPDATE house_job SET answer = NULL WHERE answer IS NOT NULL AND created_at < ?
            """;

    private final Database database;
    private final LedgerStore ledger;
    private final EarningStore earnings;
    private final HouseRules rules;
    private final InstantSource clock;

    HouseStore(
            Database database,
            LedgerStore ledger,
            EarningStore earnings,
            HouseRules rules,
            InstantSource clock) {
        this.database = database;
        this.ledger = ledger;
        this.earnings = earnings;
        this.rules = rules;
        this.clock = clock;
    }

    static Migration migration() {
        InputStream sql = HouseStore.class.getResourceAsStream(MIGRATION);
        return Migration.read(MIGRATION, Objects.requireNonNull(sql, MIGRATION));
    }

    /// A job that is about to be offered.
    ///
    /// @param tariff what it costs
    /// @param usageMax the most that it can use
    record Order(
            NodeIdentity node, String model, Question question, Tariff tariff, Usage usageMax) {}

    /// A job that is written down.
    ///
    /// @param held what it may cost; zero when it is not paid
    record Open(String id, Order order, Msat held) {}

    /// Writes a job down and holds what it may cost; nothing when the node is new, a cap is reached
    /// or the faucet is empty.
    Open begin(Order order, boolean payable) {
        String id = "hj_" + UUID.randomUUID().toString().replace("-", "");
        return database.transaction(connection -> {
            try (PreparedStatement lock = connection.prepareStatement(LOCK_CAPS)) {
                lock.execute();
            }
            Msat most = order.tariff.cost(order.usageMax);
            Msat held = payable && mayPay(connection, order, most) ? most : Msat.ZERO;
            insert(connection, id, order, held);
            if (held.isPositive()) {
                ledger.post(
                        connection,
                        Transfer.moving()
                                .take(Account.FAUCET, held)
                                .give(Account.FAUCET_HOLD, held)
                                .of("house_hold", id));
            }
            return new Open(id, order, held);
        });
    }

    private boolean mayPay(Connection connection, Order order, Msat most) throws SQLException {
        Instant now = clock.instant();
        if (ledger.balance(connection, Account.FAUCET).compareTo(most) < 0
                || knownSince(connection, order.node).plus(rules.paidAfter()).isAfter(now)) {
            return false;
        }
        try (PreparedStatement query = connection.prepareStatement(SPENT)) {
            query.setLong(1, order.node.providerId());
            query.setObject(2, time(now.truncatedTo(ChronoUnit.DAYS)));
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return Msat.of(row.getLong(1)).plus(most).compareTo(rules.dayMax()) <= 0
                        && Msat.of(row.getLong(2)).plus(most).compareTo(rules.providerDayMax())
                                <= 0;
            }
        }
    }

    /// What was spent since the beginning of the day, UTC.
    Msat spentToday() {
        OffsetDateTime day = time(clock.instant().truncatedTo(ChronoUnit.DAYS));
        return database.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(SPENT)) {
                query.setLong(1, 0);
                query.setObject(2, day);
                try (ResultSet row = query.executeQuery()) {
                    row.next();
                    return Msat.of(row.getLong(1));
                }
            }
        });
    }

    private Instant knownSince(Connection connection, NodeIdentity node) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(KNOWN_SINCE)) {
            query.setLong(1, node.providerId());
            query.setString(2, node.nodeId());
            try (ResultSet row = query.executeQuery()) {
                return row.next()
                        ? row.getObject(1, OffsetDateTime.class).toInstant()
                        : clock.instant();
            }
        }
    }

    private void insert(Connection connection, String id, Order order, Msat held)
            throws SQLException {
        List<Object> values =
                List.of(
                        id,
                        order.node.providerId(),
                        order.node.nodeId(),
                        order.model,
                        order.question.kind().text(),
                        order.question.id(),
                        held.value(),
                        order.tariff.price().inputPicoUsd(),
                        order.tariff.price().outputPicoUsd(),
                        order.tariff.rate().usdCentsPerBtc(),
                        order.tariff.costMin().value(),
                        time(clock.instant()));
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            for (int i = 0; i < values.size(); i++) {
                insert.setObject(i + 1, values.get(i));
            }
            insert.executeUpdate();
        }
    }

    /// What came of a job.
    ///
    /// @param jobId as the node knows it; empty when it did not answer
    record Result(Optional<String> jobId, Verdict verdict, String answer, Usage usage) {}

    /// Closes a job: pays the provider when it answered, gives back what is left. What the provider
    /// got; empty when somebody else closed it.
    Optional<Msat> close(Open open, Result result) {
        return database.transaction(connection -> {
            boolean paid = open.held.isPositive() && result.jobId.isPresent();
            long provider = open.order.node.providerId();
            Optional<Bill> bill =
                    paid ? Optional.of(bill(connection, open, result.usage)) : Optional.empty();
            Msat earned = bill.map(made -> made.split().provider()).orElse(Msat.ZERO);
            if (!update(connection, open, result, bill, earned)) {
                return Optional.empty();
            }
            if (bill.isPresent()) {
                Bundle add = new Bundle();
                earnings.add(
                        add,
                        Map.of(
                                provider,
                                new EarningStore.Earnings(1, result.usage.totalTokens(), earned)),
                        today());
                add.run(connection);
            }
            if (open.held.isPositive()) {
                ledger.post(
                        connection,
                        Transfer.moving()
                                .take(Account.FAUCET_HOLD, open.held)
                                .give(Account.sats(provider), earned)
                                .give(Account.FAUCET, open.held.minus(earned))
                                .of("house_settle", open.id));
            }
            return Optional.of(earned);
        });
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    private Bill bill(Connection connection, Open open, Usage usage) throws SQLException {
        long provider = open.order.node.providerId();
        Map<Long, Long> tokens = new HashMap<>();
        Bundle bundle = new Bundle();
        earnings.monthTokens(bundle, Set.of(provider), today(), tokens);
        bundle.run(connection);
        ProviderTier tier = ProviderTier.of(tokens.getOrDefault(provider, 0L));
        return Bill.of(usage, open.order.tariff, tier, open.held);
    }

    private boolean update(
            Connection connection, Open open, Result result, Optional<Bill> bill, Msat earned)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(CLOSE)) {
            update.setString(1, "settled");
            update.setString(2, result.verdict.text());
            boolean comparable =
                    open.order.question.kind() == Question.Kind.SAME && !result.answer.isBlank();
            update.setString(3, comparable ? cut(result.answer) : null);
            update.setString(4, result.jobId.orElse(null));
            update.setLong(5, earned.value());
            update.setLong(6, result.usage.promptTokens());
            update.setLong(7, result.usage.completionTokens());
            update.setString(
                    8, bill.map(made -> made.tier().name().toLowerCase(Locale.ROOT)).orElse(""));
            update.setObject(9, time(clock.instant()));
            update.setString(10, open.id);
            return update.executeUpdate() == 1;
        }
    }

    static String cut(String answer) {
        String clean = answer.replace('\0', ' ');
        return clean.substring(0, Math.min(clean.length(), ANSWER_CHARS_MAX));
    }

    /// What nodes of other providers answered to a question.
    List<String> others(Question question, long providerId) {
        return database.read(connection -> {
            List<String> answers = new ArrayList<>();
            try (PreparedStatement query = connection.prepareStatement(OTHERS)) {
                query.setString(1, question.id());
                query.setLong(2, providerId);
                query.setInt(3, WITNESSES_MAX);
                try (ResultSet rows = query.executeQuery()) {
                    while (rows.next()) {
                        answers.add(rows.getString(1));
                    }
                }
            }
            return answers;
        });
    }

    /// Gives back what jobs hold that nobody will close: those of a gateway that is gone.
    ///
    /// @param before when every job that began has ended
    void voidLeft(Instant before) {
        database.inTransaction(connection -> {
            List<Transfer> back = new ArrayList<>();
            try (PreparedStatement query = connection.prepareStatement(LEFT + "FOR UPDATE")) {
                query.setObject(1, time(before));
                try (ResultSet rows = query.executeQuery();
                        PreparedStatement close = connection.prepareStatement(CLOSE)) {
                    while (rows.next()) {
                        String id = rows.getString(1);
                        Msat held = Msat.of(rows.getLong(2));
                        close(close, id);
                        if (held.isPositive()) {
                            back.add(
                                    Transfer.moving()
                                            .take(Account.FAUCET_HOLD, held)
                                            .give(Account.FAUCET, held)
                                            .of("house_void", id));
                        }
                    }
                }
            }
            ledger.postAll(connection, back);
        });
    }

    private void close(PreparedStatement close, String id) throws SQLException {
        close.setString(1, "void");
        close.setString(2, Verdict.UNCLEAR.text());
        close.setString(3, null);
        close.setString(4, null);
        close.setLong(5, 0);
        close.setLong(6, 0);
        close.setLong(7, 0);
        close.setString(8, "");
        close.setObject(9, time(clock.instant()));
        close.setString(10, id);
        close.executeUpdate();
    }

    /// Deletes answers that are no longer compared.
    void forget() {
        database.inTransaction(connection -> {
            try (PreparedStatement update = connection.prepareStatement(FORGET)) {
                update.setObject(1, time(clock.instant().minus(ANSWERS_KEPT)));
                update.executeUpdate();
            }
        });
    }

    private static OffsetDateTime time(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
