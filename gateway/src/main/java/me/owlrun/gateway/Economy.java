package me.owlrun.gateway;

import io.helidon.webserver.http.HttpService;

import me.owlrun.gateway.admin.AdminCall;
import me.owlrun.gateway.bounty.Bounties;
import me.owlrun.gateway.bounty.TrustTier;
import me.owlrun.gateway.chat.ChatLimits;
import me.owlrun.gateway.cloud.CloudParts;
import me.owlrun.gateway.economy.EconomyRoutes;
import me.owlrun.gateway.free.FreeTier;
import me.owlrun.gateway.job.Attempt;
import me.owlrun.gateway.job.JobBoard;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.gateway.job.NodePool;
import me.owlrun.gateway.lnurl.LnurlSettings;
import me.owlrun.gateway.market.Catalog;
import me.owlrun.gateway.oracle.Oracle;
import me.owlrun.gateway.probe.House;
import me.owlrun.gateway.standing.Routing;
import me.owlrun.gateway.standing.StandingBook;
import me.owlrun.gateway.trust.Trust;
import me.owlrun.gateway.trust.Warden;
import me.owlrun.metrics.Figure;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Stream;

/// What decides who gets jobs and what they earn beside their pay, put together.
///
/// @param routing chooses nodes
/// @param free what nodes give away
/// @param bounties extra pay
/// @param trust what speaks against nodes
/// @param house what the gateway asks itself
/// @param clouds nodes that are accounts at a cloud
record Economy(
        Core core,
        Routing routing,
        FreeTier free,
        Bounties bounties,
        Trust trust,
        House house,
        CloudParts clouds) {

    private static final int PERMILLE = 1_000;

    /// Puts it together.
    ///
    /// @param limits of jobs
    static Economy of(
            Core core,
            Catalog catalog,
            Oracle oracle,
            JobBoard board,
            ChatLimits limits,
            Operating operating) {
        Routing routing =
                Routing.of(
                        core.settings(), core.database(), core.random(), core.clock(), core.stop());
        NodePool pool = routing.pool();
        FreeTier free =
                new FreeTier(core.settings(), core.database(), pool, core.clock(), core.stop());
        pool.karma(free.karma()::factorOf);
        Bounties bounties =
                Bounties.of(
                        core.settings(),
                        core.database(),
                        core.ledger(),
                        (node, at) -> tier(routing.book(), node, at),
                        core.clock(),
                        core.stop());
        Trust trust =
                new Trust(
                        core.settings(),
                        core.database(),
                        core.ledger(),
                        warden(operating, bounties),
                        core.clock(),
                        core.stop());
        House house =
                new House(
                        new House.Parts(
                                core.settings(),
                                core.database(),
                                core.ledger(),
                                core.earnings(),
                                pool,
                                board,
                                limits,
                                catalog,
                                oracle,
                                trust,
                                provider -> free.karma().of(provider).score(),
                                trust.watch(),
                                core.random(),
                                core.clock(),
                                core.stop()));
        CloudParts clouds = clouds(core, pool, board, operating);
        return new Economy(core, routing, free, bounties, trust, house, clouds);
    }

    /// How far a machine is trusted, by its age and what it has earned.
    private static TrustTier tier(StandingBook book, NodeIdentity node, Instant at) {
        return book.past(node)
                .map(past ->
                        TrustTier.of(
                                Duration.between(past.firstAt(), at),
                                (int) (past.score() * PERMILLE)))
                .orElse(TrustTier.T0);
    }

    private static Warden warden(Operating operating, Bounties bounties) {
        return new Warden() {
            @Override
            public void putAway(NodeIdentity node, String reason) {
                operating.maintenance().ifPresent(resting -> resting.begin(node, reason));
            }

            @Override
            public void letBack(NodeIdentity node) {
                operating.maintenance().ifPresent(resting -> resting.end(node, PREFIX));
            }

            @Override
            public void forfeit(NodeIdentity node, String reason) {
                var _ = bounties.forfeit(node, reason);
            }
        };
    }

    private static CloudParts clouds(
            Core core, NodePool pool, JobBoard board, Operating operating) {
        return CloudParts.of(
                new CloudParts.Needs(
                        core.settings(),
                        core.settings().get(LnurlSettings.PLAY_HOSTS),
                        core.database(),
                        pool,
                        board,
                        core.random(),
                        core.clock(),
                        core.stop(),
                        core.settings().get(GatewaySettings.RELAY_WAIT),
                        core.settings().get(GatewaySettings.JOB_MAX),
                        core.settings().get(GatewaySettings.NEW_NODES),
                        operating::newNodesPaused));
    }

    NodePool pool() {
        return routing.pool();
    }

    /// Hears what came of buyers' jobs.
    Attempt.Listener attempts() {
        return attempt -> {
            trust.watch().ended(attempt);
            house.jobs().ended(attempt);
        };
    }

    /// @param accounts the account behind a key, if it is known
    List<HttpService> routes(Function<String, OptionalLong> accounts) {
        return List.of(
                clouds.routes(),
                routing.routes(accounts),
                bounties.routes(),
                trust.routes(house::tally, accounts),
                new EconomyRoutes(
                        List.of(
                                routing.section(),
                                free::section,
                                bounties::section,
                                trust::section),
                        core.clock()));
    }

    /// What runs until the gateway stops.
    List<Runnable> background() {
        return Stream.concat(
                        Stream.of(
                                routing.keeper(),
                                free.work(),
                                bounties,
                                trust.watch(),
                                house.jobs()),
                        clouds.background().stream())
                .toList();
    }

    /// What the operator can do.
    List<AdminCall> calls() {
        return Stream.of(house.calls(), trust.calls()).flatMap(List::stream).toList();
    }

    /// What is counted.
    List<Figure> figures() {
        return Stream.of(clouds.figures(), free.figures()).flatMap(List::stream).toList();
    }
}
