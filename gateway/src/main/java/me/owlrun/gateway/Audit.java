package me.owlrun.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.config.Settings;
import me.owlrun.db.Database;
import me.owlrun.gateway.account.AccountAuditStore;
import me.owlrun.gateway.admin.BillLookStore;
import me.owlrun.gateway.bounty.BountyAuditStore;
import me.owlrun.gateway.cloud.CloudParts;
import me.owlrun.gateway.free.FreeAuditStore;
import me.owlrun.gateway.ledger.Finding;
import me.owlrun.gateway.ledger.LedgerAuditStore;
import me.owlrun.gateway.pay.PayAuditStore;
import me.owlrun.gateway.payout.MeltCheck;
import me.owlrun.gateway.payout.PayoutAuditStore;
import me.owlrun.gateway.probe.HouseAuditStore;
import me.owlrun.gateway.referral.ReferralAuditStore;
import me.owlrun.gateway.topup.TopupAuditStore;
import me.owlrun.gateway.trust.TrustAuditStore;
import me.owlrun.gateway.vault.ExchangeAuditStore;
import me.owlrun.gateway.vault.MintClient;
import me.owlrun.gateway.vault.TreasuryCheck;
import me.owlrun.gateway.vault.VaultAuditStore;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Checks every invariant of the money on a database; it may run beside a working gateway.
final class Audit {

    private Audit() {}

    /// What does not hold, one line each; empty when all does.
    public static List<String> run(Settings settings) {
        try (Database database = Gateway.openDatabase(settings)) {
            List<String> findings = new ArrayList<>(run(database));
            findings.addAll(clouds(settings, database));
            return findings;
        }
    }

    private static List<String> clouds(Settings settings, Database database) {
        return texts(CloudParts.findings(settings, database, Clock.systemUTC()));
    }

    /// The same on a database that is open.
    static List<String> run(Database database) {
        List<Finding> findings = new ArrayList<>(new LedgerAuditStore(database).findings());
        findings.addAll(new PayAuditStore(database).findings());
        findings.addAll(new AccountAuditStore(database).findings());
        findings.addAll(new TopupAuditStore(database).findings());
        findings.addAll(new PayoutAuditStore(database).findings());
        findings.addAll(new ReferralAuditStore(database).findings());
        findings.addAll(new FreeAuditStore(database).findings());
        findings.addAll(new VaultAuditStore(database).findings());
        findings.addAll(new ExchangeAuditStore(database).findings());
        findings.addAll(new BountyAuditStore(database).findings());
        findings.addAll(new HouseAuditStore(database).findings());
        findings.addAll(new TrustAuditStore(database).findings());
        return texts(findings);
    }

    private static List<String> texts(List<Finding> findings) {
        return findings.stream().map(finding -> finding.code() + ": " + finding.detail()).toList();
    }

    /// The same, and what the mint says of our money.
    static Supplier<List<String>> withMint(Settings settings, Database database, MintClient mint) {
        TreasuryCheck treasury = new TreasuryCheck(database, mint);
        MeltCheck melts = new MeltCheck(database, mint);
        return () -> {
            List<String> findings = new ArrayList<>(run(database));
            findings.addAll(texts(treasury.findings()));
            findings.addAll(texts(melts.findings()));
            findings.addAll(clouds(settings, database));
            return findings;
        };
    }

    /// The bill of a job or payment, made again.
    static Optional<ObjectNode> explain(Settings settings, String jobOrPayment) {
        try (Database database = Gateway.openDatabase(settings)) {
            return new BillLookStore(database).explain(jobOrPayment);
        }
    }
}
