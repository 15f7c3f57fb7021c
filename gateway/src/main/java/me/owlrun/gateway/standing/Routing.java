package me.owlrun.gateway.standing;

import me.owlrun.config.Settings;
import me.owlrun.db.Database;
import me.owlrun.gateway.economy.EconomySection;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.gateway.job.NodePool;
import me.owlrun.gateway.routing.Router;
import me.owlrun.gateway.routing.RoutingRules;
import me.owlrun.gateway.routing.RoutingSettings;

import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// The router of a gateway with what it knows of nodes, put together.
///
/// @param rules its numbers
/// @param pool the nodes it chooses among
/// @param book what they earned
/// @param keeper writes that, until the gateway stops
/// @param section what is public of it
public record Routing(
        RoutingRules rules,
        NodePool pool,
        StandingBook book,
        StandingKeeper keeper,
        Supplier<EconomySection> section) {

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
        return new Routing(rules, pool, book, keeper, new RoutingSection(settings, pool));
    }

    /// Tells operators about their own nodes.
    ///
    /// @param accounts the account behind a key, if it is known
    public StandingRoutes routes(Function<String, OptionalLong> accounts) {
        return new StandingRoutes(book, pool, accounts);
    }
}
