package me.owlrun.gateway.bounty;

import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.money.Msat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads settled jobs in the order in which the ledger sealed them.
final class SettledRows {

    /// The numbers of transfers say nothing about the order of commits; seals are numbered one
    /// after the other, so nothing can appear behind one that was seen.
    private static final String FIND =
            """
            SELECT b.payment_id, b.job_id, b.provider_id, b.node_id, b.model, b.provider_msat,
                b.settled_at, c.account_id, coalesce(c.cost_credit_msat, 0) AS cost_credit_msat,
                k.fee_msat, k.fx_msat, k.credit_fee_msat, k.credit_fx_msat,
                coalesce(m.permille, 0) AS permille, coalesce(m.budget_msat, 0) AS budget_msat,
                n.models_switched_at,
                EXISTS (
                    SELECT 1 FROM bounty_forfeit f
                    WHERE f.provider_id = b.provider_id AND f.node_id = b.node_id
                        AND f.at > b.settled_at - make_interval(secs => ?)) AS barred
            FROM ledger_seal s
            JOIN transfer t ON t.batch = s.batch AND t.kind = 'settle'
            JOIN bill b ON b.payment_id = t.reference
            LEFT JOIN charge c ON c.id = b.payment_id
            CROSS JOIN LATERAL (
                SELECT coalesce(sum(e.amount_msat) FILTER (WHERE a.kind = 'fee'), 0) AS fee_msat,
                    coalesce(sum(e.amount_msat) FILTER (WHERE a.kind = 'fx'), 0) AS fx_msat,
                    coalesce(sum(e.amount_msat) FILTER (WHERE a.kind = 'credit_fee'), 0)
                        AS credit_fee_msat,
                    coalesce(sum(e.amount_msat) FILTER (WHERE a.kind = 'credit_fx'), 0)
                        AS credit_fx_msat
                FROM entry e JOIN account a ON a.id = e.account_id
                WHERE e.transfer_id = t.id) k
            LEFT JOIN LATERAL (
                SELECT o.permille, o.budget_msat FROM bounty_model o
                WHERE o.model = b.model AND o.since <= b.settled_at
                ORDER BY o.since DESC, o.id DESC LIMIT 1) m ON true
            LEFT JOIN node n ON n.provider_id = b.provider_id AND n.node_id = b.node_id
            WHERE s.n > ? AND s.n <= ?
            ORDER BY s.n, t.id
            """;

    private SettledRows() {}

    /// The jobs of some seals.
    static List<Settled> between(Connection connection, Duration bar, long after, long through)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(FIND)) {
            query.setDouble(1, (double) bar.toSeconds());
            query.setLong(2, after);
            query.setLong(3, through);
            try (ResultSet rows = query.executeQuery()) {
                List<Settled> jobs = new ArrayList<>();
                while (rows.next()) {
                    jobs.add(settled(rows));
                }
                return jobs;
            }
        }
    }

    private static Settled settled(ResultSet row) throws SQLException {
        long account = row.getLong("account_id");
        boolean isEcash = row.wasNull();
        long provider = row.getLong("provider_id");
        Instant settledAt = row.getObject("settled_at", OffsetDateTime.class).toInstant();
        Extra.Parts credit =
                new Extra.Parts(
                        msat(row, "cost_credit_msat")
                                .minus(msat(row, "credit_fee_msat"))
                                .minus(msat(row, "credit_fx_msat")),
                        msat(row, "credit_fee_msat"),
                        msat(row, "credit_fx_msat"));
        return new Settled(
                row.getString("payment_id"),
                row.getString("job_id"),
                new NodeIdentity(provider, row.getString("node_id")),
                row.getString("model"),
                isEcash
                        ? "ecash/" + LocalDate.ofInstant(settledAt, ZoneOffset.UTC)
                        : "account/" + account,
                new Extra.Parts(
                        msat(row, "provider_msat").minus(credit.base()),
                        msat(row, "fee_msat"),
                        msat(row, "fx_msat")),
                credit,
                settledAt,
                offer(row),
                Optional.ofNullable(row.getObject("models_switched_at", OffsetDateTime.class))
                        .map(OffsetDateTime::toInstant),
                row.getBoolean("barred") || (!isEcash && account == provider));
    }

    private static Optional<Settled.Offer> offer(ResultSet row) throws SQLException {
        int permille = row.getInt("permille");
        return permille == 0
                ? Optional.empty()
                : Optional.of(new Settled.Offer(permille, row.getLong("budget_msat")));
    }

    private static Msat msat(ResultSet row, String column) throws SQLException {
        return Msat.of(row.getLong(column));
    }
}
