package me.owlrun.gateway.cloud;

import me.owlrun.config.Secret;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.metrics.Figure;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// Keeps the pool of this gateway in step with the rows of cloud nodes. Every gateway joins all of
/// them: there is no connection that only one could hold, and a buyer is served wherever he asks.
final class CloudNodes implements Runnable {

    private static final System.Logger LOG = System.getLogger(CloudNodes.class.getName());

    private final CloudHelp help;
    private final KeyFile keyFile;
    private final Duration lookEvery;
    private final StopSignal stop;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<NodeIdentity, CloudLink> links = new HashMap<>();

    CloudNodes(CloudHelp help, KeyFile keyFile, Duration lookEvery, StopSignal stop) {
        this.help = help;
        this.keyFile = keyFile;
        this.lookEvery = lookEvery;
        this.stop = stop;
    }

    @Override
    public void run() {
        while (!stop.isStoppingWithin(lookEvery)) {
            try {
                refresh();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "cloud nodes were not looked at", e);
            }
        }
    }

    /// Takes in what came, went or changed.
    void refresh() {
        lock.lock();
        try {
            Map<NodeIdentity, CloudLink> gone = new HashMap<>(links);
            Optional<TokenKeys> keys = Optional.empty();
            for (StoredNode stored : help.store().all()) {
                NodeIdentity identity = stored.node().identity();
                Optional<CloudLink> link = Optional.ofNullable(gone.remove(identity));
                if (link.filter(known -> isSame(known, stored.node())).isPresent()) {
                    continue;
                }
                keys = keys.isPresent() ? keys : Optional.of(keyFile.keys());
                Optional<Secret> token =
                        keys.flatMap(now -> now.open(stored.node().place(), stored.token()));
                link.ifPresentOrElse(
                        known -> known.changed(stored.node(), token),
                        () -> join(new CloudLink(help, stored.node(), token)));
            }
            gone.forEach((identity, link) -> {
                links.remove(identity);
                link.leave();
            });
        } finally {
            lock.unlock();
        }
    }

    /// A node whose token did not open is looked at again: its key may have come.
    private static boolean isSame(CloudLink link, CloudNode node) {
        return link.isOpen() && link.node().version() == node.version();
    }

    private void join(CloudLink link) {
        help.pool().join(link);
        links.put(link.identity(), link);
        if (!link.isOpen()) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "the token of cloud node {0} does not open with any key of cloud.key_file",
                    link.identity().nodeId());
        }
    }

    Optional<CloudLink> find(NodeIdentity node) {
        lock.lock();
        try {
            return Optional.ofNullable(links.get(node));
        } finally {
            lock.unlock();
        }
    }

    int running(CloudLink link) {
        return help.pool().runningOn(link);
    }

    List<Figure> figures() {
        List<CloudLink> all;
        lock.lock();
        try {
            all = List.copyOf(links.values());
        } finally {
            lock.unlock();
        }
        return help.figures()
                .figures(all.size(), all.stream().filter(CloudLink::takesJobs).count());
    }
}
