package me.owlrun.gateway.referral;

import me.owlrun.db.Database;
import me.owlrun.gateway.ledger.Finding;
import me.owlrun.gateway.ledger.LedgerAuditStore;

import java.util.List;
import java.util.Map;

/// The invariants of referrals as queries.
public final class ReferralAuditStore {

    private static final String SHARES_ARE_BOOKED =
            """
            SELECT 'referral of ' || d.referred_id || ' on ' || d.day || ': share '
                || d.share_msat || ' msat, booked ' || coalesce(sum(e.amount_msat), 0)
            FROM referral_day d
            LEFT JOIN transfer t ON t.kind = 'referral'
                AND t.reference = d.referred_id || ':' || d.day
            LEFT JOIN entry e ON e.transfer_id = t.id AND e.amount_msat > 0
            GROUP BY d.referred_id, d.day
            HAVING coalesce(sum(e.amount_msat), 0) <> d.share_msat
            """;

    private static final String BOOKED_HAS_DAY =
            """
            SELECT 'transfer ' || t.id || ' pays a referral of no day'
            FROM transfer t
            WHERE t.kind = 'referral' AND NOT EXISTS (
                SELECT 1 FROM referral_day d
                WHERE t.reference = d.referred_id || ':' || d.day)
            """;

    private static final String NO_CIRCLE =
            """
            WITH RECURSIVE above (id, top) AS (
                SELECT referred_id, referrer_id FROM referral
                UNION
                SELECT a.id, r.referrer_id FROM above a JOIN referral r ON r.referred_id = a.top)
            SELECT 'account ' || id || ' was brought by one whom it brought'
            FROM above WHERE id = top
            """;

    private final Database database;

    /// @param database where the referrals lie
    public ReferralAuditStore(Database database) {
        this.database = database;
    }

    /// Checks everything; empty when all holds.
    public List<Finding> findings() {
        return LedgerAuditStore.check(
                database,
                Map.of(
                        "referral_share_is_booked", SHARES_ARE_BOOKED,
                        "referral_booked_has_day", BOOKED_HAS_DAY,
                        "referral_is_no_circle", NO_CIRCLE));
    }
}
