package me.owlrun.mint.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.config.Secret;
import me.owlrun.db.Database;
import me.owlrun.db.LocalPostgres;
import me.owlrun.mint.audit.AuditStore;
import me.owlrun.mint.audit.Finding;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/// Asks a mint's database whether every step of money is where the books say.
public final class Audit {

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

    /// What every check of the mint's own audit finds.
    public static List<Finding> run(TestMint mint) {
        try (Database database = Database.open(mint.url(), LocalPostgres.USER, new Secret(""), 2)) {
            return new AuditStore(database).run(true);
        }
    }

    /// Fails when the books are wrong, or when what is outstanding is not what wallets hold.
    ///
    /// @param held what all wallets hold of the unit, pending proofs included
    public static void check(TestMint mint, CurrencyUnit unit, long held) {
        for (Finding finding : run(mint)) {
            assertEquals(0, finding.breaches(), "the books are wrong: " + finding.check());
        }
        try (Connection connection =
                        DriverManager.getConnection(mint.url(), LocalPostgres.USER, "");
                PreparedStatement outstanding = connection.prepareStatement(OUTSTANDING)) {
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
