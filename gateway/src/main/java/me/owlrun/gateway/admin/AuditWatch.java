package me.owlrun.gateway.admin;

import me.owlrun.db.DatabaseException;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// Audits the money by the clock. Of several gateways the one whose time comes first does it; all
/// know the result. A breach lasts until an audit finds nothing: payouts stop, receiving goes on.
public final class AuditWatch implements Runnable {

    private static final System.Logger LOG = System.getLogger(AuditWatch.class.getName());
    private static final Duration LOOK_EVERY = Duration.ofSeconds(20);

    private final Supplier<List<String>> audit;
    private final AuditStore store;
    private final InstantSource clock;
    private final Duration every;
    private final Predicate<Duration> stoppingWithin;
    private volatile Optional<AuditResult> last = Optional.empty();

    /// @param audit looks at everything; one line for each thing that does not hold
    /// @param every between two audits
    /// @param stoppingWithin waits; true once the gateway stops
    public AuditWatch(
            Supplier<List<String>> audit,
            AuditStore store,
            InstantSource clock,
            Duration every,
            Predicate<Duration> stoppingWithin) {
        this.audit = audit;
        this.store = store;
        this.clock = clock;
        this.every = every;
        this.stoppingWithin = stoppingWithin;
    }

    @Override
    public void run() {
        do {
            try {
                look();
            } catch (DatabaseException e) { // the edge of the thread; the next round may work
                LOG.log(System.Logger.Level.WARNING, "the money could not be audited", e);
            }
        } while (!stoppingWithin.test(LOOK_EVERY));
    }

    private void look() {
        last = store.last();
        Instant now = clock.instant();
        boolean due = last.map(result -> !result.at().plus(every).isAfter(now)).orElse(true);
        if (due) {
            var _ = auditNow();
        }
    }

    /// Audits now, whenever the last time was.
    public AuditResult auditNow() {
        AuditResult result = new AuditResult(clock.instant(), audit.get());
        store.record(result.at(), result.findings());
        last = Optional.of(result);
        if (!result.isClean()) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "the money is wrong, payouts stop: {0}; docs/ledger.md, section Audit",
                    result.findings());
        }
        return result;
    }

    /// The last result; costs nothing.
    public Optional<AuditResult> last() {
        return last;
    }
}
