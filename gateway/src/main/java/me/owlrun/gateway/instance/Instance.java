package me.owlrun.gateway.instance;

import me.owlrun.db.Database;

import java.time.Duration;

/// This start of this gateway: a name, a boot id that never comes again, and a lease that says it
/// is alive. Payments name the boot that works on them.
public final class Instance implements Runnable {

    private static final System.Logger LOG = System.getLogger(Instance.class.getName());

    /// How long others wait for a sign of life before they take payments over.
    private static final Duration LEASE = Duration.ofSeconds(15);

    private static final Duration BETWEEN_RENEWALS = Duration.ofSeconds(3);

    private final String name;
    private final String bootId;
    private final InstanceStore store;
    private final StopSignal stop;
    private volatile boolean displaced;

    /// @param name the same over restarts, different for every gateway on a database
    /// @param bootId a fresh random name
    public Instance(String name, String bootId, Database database, StopSignal stop) {
        this.name = name;
        this.bootId = bootId;
        this.store = new InstanceStore(database, LEASE);
        this.stop = stop;
    }

    public String bootId() {
        return bootId;
    }

    /// Whether a newer gateway has taken the name.
    public boolean isDisplaced() {
        return displaced;
    }

    /// Takes the lease.
    public void begin() {
        store.begin(name, bootId);
    }

    /// Keeps the lease until the gateway stops.
    @Override
    public void run() {
        while (!stop.isStoppingWithin(BETWEEN_RENEWALS)) {
            try {
                boolean renewed = store.renew(name, bootId);
                if (!renewed && !displaced) {
                    LOG.log(
                            System.Logger.Level.ERROR,
                            "another gateway runs as instance ''{0}''; give each its own name",
                            name);
                }
                displaced = !renewed;
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "the lease was not renewed; trying again", e);
            }
        }
    }

    /// Gives the lease up.
    public void end() {
        store.end(name, bootId);
    }
}
