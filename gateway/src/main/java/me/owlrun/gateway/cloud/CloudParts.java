package me.owlrun.gateway.cloud;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.config.ConfigException;
import me.owlrun.config.Settings;
import me.owlrun.db.Database;
import me.owlrun.db.Migration;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.gateway.job.JobBoard;
import me.owlrun.gateway.job.NodePool;
import me.owlrun.gateway.ledger.Finding;
import me.owlrun.gateway.outbound.PublicCalls;
import me.owlrun.limit.HourlyLimit;
import me.owlrun.metrics.Figure;

import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// The parts of cloud nodes, put together. Without a key file there is only an answer that says so.
public final class CloudParts {

    private final CloudRoutes routes;
    private final Optional<CloudNodes> nodes;
    private final Optional<Resealing> resealing;

    private CloudParts(
            CloudRoutes routes, Optional<CloudNodes> nodes, Optional<Resealing> resealing) {
        this.routes = routes;
        this.nodes = nodes;
        this.resealing = resealing;
    }

    /// What they need.
    ///
    /// @param playHosts for play money, hosts that are servers on this machine
    /// @param relayWaitMax how long an answer waits for a slow buyer
    /// @param jobMax how long a job may take
    /// @param changesPerHour changes that one address may make in an hour
    /// @param newNodesPaused whether the operator takes no new nodes
    public record Needs(
            Settings settings,
            Map<String, URI> playHosts,
            Database database,
            NodePool pool,
            JobBoard board,
            SecureRandom random,
            Clock clock,
            StopSignal stop,
            Duration relayWaitMax,
            Duration jobMax,
            long changesPerHour,
            BooleanSupplier newNodesPaused) {}

    /// The table.
    public static Migration migration() {
        return CloudStore.migration();
    }

    /// Puts them together, and lets the nodes in that are known.
    ///
    /// @throws ConfigException when the key file cannot be used
    public static CloudParts of(Needs needs) {
        Settings settings = needs.settings();
        HourlyLimit limit = new HourlyLimit(needs.changesPerHour(), needs.clock());
        Optional<KeyFile> keyFile = KeyFile.open(settings.get(CloudSettings.KEY_FILE));
        if (keyFile.isEmpty()) {
            return new CloudParts(
                    new CloudRoutes(Optional.empty(), limit, needs.newNodesPaused()),
                    Optional.empty(),
                    Optional.empty());
        }
        CloudHelp help = help(needs);
        CloudNodes nodes =
                new CloudNodes(
                        help, keyFile.get(), settings.get(CloudSettings.LOOK_EVERY), needs.stop());
        Clouds clouds =
                new Clouds(
                        help,
                        nodes,
                        keyFile.get(),
                        settings.get(CloudSettings.NODES),
                        needs.random());
        nodes.refresh();
        return new CloudParts(
                new CloudRoutes(Optional.of(clouds), limit, needs.newNodesPaused()),
                Optional.of(nodes),
                Optional.of(new Resealing(help.store(), keyFile.get(), needs.random())));
    }

    private static CloudHelp help(Needs needs) {
        Settings settings = needs.settings();
        PublicCalls calls =
                PublicCalls.create(settings.get(CloudSettings.PORTS), needs.playHosts());
        return new CloudHelp(
                needs.pool(),
                needs.board(),
                calls,
                new CloudLimits(
                        needs.relayWaitMax(),
                        needs.jobMax(),
                        CloudSettings.answerBytesMax(settings)),
                new CloudProbe(calls, settings.get(CloudSettings.CHECK_MAX)),
                new CloudStore(needs.database(), needs.clock()),
                new CloudFigures(),
                needs.clock());
    }

    /// What owners ask.
    public CloudRoutes routes() {
        return routes;
    }

    /// What has to run until the gateway stops.
    public List<Runnable> background() {
        return nodes.map(each -> List.<Runnable>of(each)).orElse(List.of());
    }

    /// What is counted.
    public List<Figure> figures() {
        return nodes.map(CloudNodes::figures).orElse(List.of());
    }

    /// Seals all tokens under the newest key; empty when there are no keys.
    ///
    /// @return what was done and what remains
    public Optional<ObjectNode> reseal() {
        return resealing.map(Resealing::run);
    }

    /// Whether every token opens at its place, under a key that is known. Without keys nothing is
    /// asked: then no cloud node works.
    public static List<Finding> findings(Settings settings, Database database, Clock clock) {
        try {
            return KeyFile.open(settings.get(CloudSettings.KEY_FILE))
                    .map(file -> Resealing.findings(new CloudStore(database, clock), file.keys()))
                    .orElse(List.of());
        } catch (ConfigException e) {
            return List.of(new Finding(Resealing.INVARIANT, String.valueOf(e.getMessage())));
        }
    }
}
