package me.owlrun.gateway.node;

import me.owlrun.db.Database;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.gateway.meter.Flap;
import me.owlrun.gateway.meter.Flaps;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/// Knows which nodes switched models lately, so that bills need not ask the database. Read by the
/// clock, for nodes of all gateways: a switch costs from a few seconds after it.
public final class Switches implements Flaps, Runnable {

    private static final System.Logger LOG = System.getLogger(Switches.class.getName());

    private static final Duration EVERY = Duration.ofSeconds(5);

    private final SwitchStore store;
    private final Flap flap;
    private final InstantSource clock;
    private final StopSignal stop;
    private volatile Map<NodeIdentity, Instant> latest = Map.of();

    /// @param flap what a switch costs
    /// @param stop ends the work
    public Switches(Database database, Flap flap, InstantSource clock, StopSignal stop) {
        this.store = new SwitchStore(database);
        this.flap = flap;
        this.clock = clock;
        this.stop = stop;
    }

    @Override
    public int permille(long providerId, String nodeId, Instant now) {
        if (latest.isEmpty()) {
            return 0;
        }
        return flap.permille(
                Optional.ofNullable(latest.get(new NodeIdentity(providerId, nodeId))), now);
    }

    /// Works until the gateway stops.
    @Override
    public void run() {
        do {
            try {
                refresh();
            } catch (RuntimeException e) { // what was read before still counts
                LOG.log(System.Logger.Level.WARNING, "switches of models were not read", e);
            }
        } while (!stop.isStoppingWithin(EVERY));
    }

    /// Reads them now.
    public void refresh() {
        latest = store.since(clock.instant().minus(flap.fade()));
    }
}
