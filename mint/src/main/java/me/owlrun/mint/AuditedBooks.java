package me.owlrun.mint;

import me.owlrun.cashu.KeysetId;
import me.owlrun.mint.admin.Books;
import me.owlrun.mint.audit.AuditResult;
import me.owlrun.mint.audit.AuditStore;
import me.owlrun.mint.audit.AuditWatch;
import me.owlrun.mint.audit.Finding;
import me.owlrun.mint.audit.LiabilityStore;
import me.owlrun.mint.keys.Keysets;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The live totals and the audits, as the operator's interface asks for them.
///
/// @param liabilities the totals that every transaction keeps
/// @param store runs the quick checks on demand
/// @param watch remembers the audits by the clock
/// @param keysets knows which of them sign
record AuditedBooks(
        LiabilityStore liabilities,
        AuditStore store,
        AuditWatch watch,
        Keysets keysets,
        InstantSource clock)
        implements Books {

    @Override
    public List<Account> accounts() {
        return liabilities.read().keysets().stream()
                .map(total -> {
                    KeysetId id = new KeysetId(total.id());
                    boolean active =
                            keysets.find(id).filter(found -> found.keyset().active()).isPresent();
                    return new Account(id, total.unit(), active, total.issued(), total.redeemed());
                })
                .toList();
    }

    @Override
    public Audit audit() {
        List<String> found =
                store.run(false).stream()
                        .filter(finding -> finding.breaches() > 0)
                        .map(Finding::check)
                        .toList();
        return result(found, clock.instant());
    }

    @Override
    public Optional<Audit> lastAudit() {
        return watch.results().stream()
                .map(AuditResult::at)
                .max(Comparator.naturalOrder())
                .map(at -> result(List.of(), at));
    }

    private Audit result(List<String> found, Instant at) {
        List<String> breaches =
                Stream.concat(
                                found.stream(),
                                watch.results().stream()
                                        .map(AuditResult::breaches)
                                        .flatMap(List::stream))
                        .distinct()
                        .sorted()
                        .toList();
        return breaches.isEmpty()
                ? new Audit(true, "No check of the books found anything.", at)
                : new Audit(false, "These checks found something: " + breaches, at);
    }
}
