package me.owlrun.gateway.standing;

import me.owlrun.config.Settings;
import me.owlrun.db.Database;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.gateway.job.NodePool;
import me.owlrun.gateway.routing.Router;
import me.owlrun.gateway.routing.RoutingRules;
import me.owlrun.gateway.routing.RoutingSettings;

import java.time.InstantSource;
import java.util.random.RandomGenerator;

/// The router of a gateway with what it knows of nodes, put together.
///
/// @param rules its numbers
/// @param pool the nodes it chooses among
/// @param keeper writes what they earned, until the gateway stops
public record Routing(RoutingRules rules, NodePool pool, StandingKeeper keeper) {

    /// Puts it together.
    ///
    /// @param random draws lots
    public static Routing of(
            Settings settings,
            Database database,
            RandomGenerator random,
            InstantSource clock,
            StopSignal stop) {
        RoutingRules rules = RoutingSettings.rules(settings);
        StandingBook book = new StandingBook(database, rules, clock);
        NodePool pool = new NodePool(new Router<>(rules, random, clock), book);
        StandingKeeper keeper =
                new StandingKeeper(
                        book,
                        pool,
                        settings.get(RoutingSettings.WRITE_EVERY),
                        settings.get(RoutingSettings.ONLINE_EVERY),
                        stop);
        return new Routing(rules, pool, keeper);
    }
}
