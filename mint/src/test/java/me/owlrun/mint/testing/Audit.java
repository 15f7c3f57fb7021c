package me.owlrun.mint.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.db.LocalPostgres;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/// Asks a mint's database whether every step of money is where the books say.
public final class Audit {

    /// Each must find nothing.
    private static final List<String> BREACHES =
            List.of(
                    // a spent proof or a promise without its operation
                    "SELECT y FROM proof p LEFT JOIN operation o ON o.id = p.operation_id"
                            + " WHERE p.state = 'SPENT' AND o.id IS NULL",
                    "SELECT b FROM promise p LEFT JOIN operation o ON o.id = p.operation_id"
                            + " WHERE p.c IS NOT NULL AND o.id IS NULL",
                    // an operation whose sums are not those of its proofs and promises
                    "SELECT id FROM operation o WHERE input_amount <> (SELECT coalesce(sum(amount),"
                            + " 0) FROM proof WHERE operation_id = o.id)",
                    "SELECT id FROM operation o WHERE output_amount <> (SELECT"
                            + " coalesce(sum(amount), 0) FROM promise WHERE operation_id = o.id)",
                    // a quote whose account is not the sum of what happened to it
                    "SELECT id FROM mint_quote q WHERE amount_paid <> (SELECT coalesce(sum(amount),"
                            + " 0) FROM incoming_payment WHERE quote_id = q.id)",
                    // (a batch names no quote, so quotes may have issued more than their own)
                    "SELECT id FROM mint_quote q WHERE amount_issued < (SELECT"
                            + " coalesce(sum(output_amount), 0) FROM operation WHERE quote_id ="
                            + " q.id AND kind = 'mint')",
                    "SELECT unit FROM (VALUES ('sat'), ('msat')) u (unit) WHERE (SELECT"
                            + " coalesce(sum(amount_issued), 0) FROM mint_quote q WHERE q.unit ="
                            + " u.unit) <> (SELECT coalesce(sum(output_amount), 0) FROM operation o"
                            + " WHERE o.unit = u.unit AND o.kind = 'mint')",
                    // a paid melt whose inputs do not cover amount, fees and change
                    "SELECT q.id FROM melt_quote q JOIN operation o ON o.quote_id = q.id WHERE"
                            + " q.state = 'PAID' AND o.input_amount < o.output_amount +"
                            + " o.fee_amount + q.amount + q.fee_paid",
                    "SELECT q.id FROM melt_quote q LEFT JOIN operation o ON o.quote_id = q.id WHERE"
                            + " (q.state = 'PAID') <> (o.id IS NOT NULL)",
                    // pending proofs or blanks without a payment under way
                    "SELECT y FROM proof p LEFT JOIN melt_attempt a ON a.id = p.operation_id WHERE"
                            + " p.state = 'PENDING' AND a.state IS DISTINCT FROM 'PENDING'",
                    "SELECT b FROM promise p LEFT JOIN melt_attempt a ON a.id = p.operation_id"
                            + " WHERE p.c IS NULL AND a.state IS DISTINCT FROM 'PENDING'");

    private static final String OUTSTANDING =
            """
            SELECT (SELECT coalesce(sum(p.amount), 0) FROM promise p
                    JOIN keyset k ON k.id = p.keyset_id AND k.unit = u.unit)
                 - (SELECT coalesce(sum(p.amount), 0) FROM proof p
                    JOIN keyset k ON k.id = p.keyset_id AND k.unit = u.unit
                    WHERE p.state = 'SPENT'),
                   (SELECT coalesce(sum(output_amount) - sum(input_amount), 0) FROM operation o
                    WHERE o.unit = u.unit)
            FROM (SELECT ?::text AS unit) u
            """;

    private Audit() {}

    /// The one number that a query gives.
    public static long number(TestMint mint, String sql) {
        try (Connection connection =
                        DriverManager.getConnection(mint.url(), LocalPostgres.USER, "");
                PreparedStatement query = connection.prepareStatement(sql);
                ResultSet row = query.executeQuery()) {
            assertEquals(true, row.next());
            return row.getLong(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /// Fails when the books are wrong, or when what is outstanding is not what wallets hold.
    ///
    /// @param held what all wallets hold of the unit, pending proofs included
    public static void check(TestMint mint, CurrencyUnit unit, long held) {
        try (Connection connection =
                        DriverManager.getConnection(mint.url(), LocalPostgres.USER, "");
                PreparedStatement outstanding = connection.prepareStatement(OUTSTANDING)) {
            for (String breach : BREACHES) {
                try (PreparedStatement query = connection.prepareStatement(breach);
                        ResultSet rows = query.executeQuery()) {
                    assertEquals(false, rows.next(), "the books are wrong: " + breach);
                }
            }
            outstanding.setString(1, unit.text());
            try (ResultSet row = outstanding.executeQuery()) {
                assertEquals(true, row.next());
                assertEquals(held, row.getLong(1), "issued less redeemed is outstanding");
                assertEquals(held, row.getLong(2), "the operations say the same");
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
