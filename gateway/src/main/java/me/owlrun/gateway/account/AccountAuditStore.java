package me.owlrun.gateway.account;

import me.owlrun.db.Database;
import me.owlrun.gateway.ledger.Finding;
import me.owlrun.gateway.ledger.LedgerAuditStore;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The invariants between accounts, their keys and the ledger as queries.
public final class AccountAuditStore {

    private static final String POTS_OF_ACCOUNTS =
            """
            SELECT 'pot ' || a.kind || '/' || a.owner || ' holds ' || a.balance_msat
                || ' msat and belongs to nobody'
            FROM account a
            WHERE a.kind IN ('sats', 'credit')
                AND NOT EXISTS (SELECT 1 FROM user_account u WHERE u.id::text = a.owner)
            """;

    private static final String POTS_NOT_NEGATIVE =
            """
            SELECT 'pot ' || kind || '/' || owner || ' is at ' || balance_msat || ' msat'
            FROM account WHERE kind IN ('sats', 'credit') AND balance_msat < 0
            """;

    private static final String KEYS_WITHIN_LIMITS =
            """
            SELECT 'key ' || id || ' of account ' || account_id || ' spent ' || spent_msat
                || ' msat of ' || spend_limit_msat || ' per ' || limit_period
            FROM api_key
            WHERE spent_msat > spend_limit_msat
                AND (limit_period = 'total' OR period_started_at IS NULL
                    OR period_started_at >= date_trunc(limit_period, now(), 'UTC'))
            """;

    private static final String CREDIT_IS_GRANTED =
            """
            SELECT 'credit given away is ' || -g.balance_msat || ' msat, credit in accounts '
                || coalesce((SELECT sum(balance_msat) FROM account
                    WHERE kind LIKE 'credit%' AND kind <> 'credit_grant'), 0)
            FROM account g WHERE g.kind = 'credit_grant'
                AND -g.balance_msat <> coalesce((SELECT sum(balance_msat) FROM account
                    WHERE kind LIKE 'credit%' AND kind <> 'credit_grant'), 0)
            """;

    private final Database database;

    /// @param database where the accounts lie
    public AccountAuditStore(Database database) {
        this.database = database;
    }

    /// Checks everything; empty when all holds.
    public List<Finding> findings() {
        Map<String, String> invariants = new LinkedHashMap<>();
        invariants.put("pots_of_accounts", POTS_OF_ACCOUNTS);
        invariants.put("pots_not_negative", POTS_NOT_NEGATIVE);
        invariants.put("keys_within_limits", KEYS_WITHIN_LIMITS);
        invariants.put("credit_is_granted", CREDIT_IS_GRANTED);
        return LedgerAuditStore.check(database, invariants);
    }
}
