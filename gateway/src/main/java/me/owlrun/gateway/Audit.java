package me.owlrun.gateway;

import me.owlrun.config.Settings;
import me.owlrun.db.Database;
import me.owlrun.gateway.ledger.Finding;
import me.owlrun.gateway.ledger.LedgerAuditStore;
import me.owlrun.gateway.pay.PayAuditStore;
import me.owlrun.gateway.payout.PayoutAuditStore;
import me.owlrun.gateway.referral.ReferralAuditStore;

import java.util.ArrayList;
import java.util.List;

/// Checks every invariant of the money on a database; it may run beside a working gateway.
final class Audit {

    private Audit() {}

    /// What does not hold, one line each; empty when all does.
    public static List<String> run(Settings settings) {
        try (Database database = Gateway.openDatabase(settings)) {
            List<Finding> findings = new ArrayList<>(new LedgerAuditStore(database).findings());
            findings.addAll(new PayAuditStore(database).findings());
            findings.addAll(new PayoutAuditStore(database).findings());
            findings.addAll(new ReferralAuditStore(database).findings());
            return findings.stream()
                    .map(finding -> finding.code() + ": " + finding.detail())
                    .toList();
        }
    }
}
