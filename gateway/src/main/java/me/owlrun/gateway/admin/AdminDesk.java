package me.owlrun.gateway.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.bounty.Bounties;
import me.owlrun.gateway.job.NodePool;
import me.owlrun.gateway.market.Catalog;
import me.owlrun.gateway.notice.Broadcasts;
import me.owlrun.gateway.oracle.FixDesk;
import me.owlrun.metrics.Registry;
import me.owlrun.operate.AdminToken;
import me.owlrun.operate.Pauses;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// All that the admin interface needs.
///
/// @param about what does not change
/// @param stuck money that takes long, by kind
/// @param accounts who knows accounts
/// @param pricesFile where the prices come from, unless from the program itself
/// @param fixes prices of days, where they are kept
/// @param bounties extra pay for models
/// @param figures what `/metrics` shows
/// @param resealing seals tokens of cloud nodes anew; gives nothing where there are none
/// @param more calls that other features answer
public record AdminDesk(
        About about,
        Health health,
        Pauses<Pausable> pauses,
        AuditWatch audit,
        BillLookStore bills,
        List<StuckMoney> stuck,
        List<AccountDesk> accounts,
        NodePool nodes,
        Maintenance maintenance,
        Catalog catalog,
        Optional<Path> pricesFile,
        Broadcasts broadcasts,
        Optional<FixDesk> fixes,
        Bounties bounties,
        Registry figures,
        Supplier<Optional<ObjectNode>> resealing,
        List<AdminCall> more,
        InstantSource clock) {

    /// The routes of the interface.
    ///
    /// @param token what every caller must show
    public AdminRoutes routes(AdminToken token) {
        return new AdminRoutes(
                token,
                new Operator(about, health, pauses, audit, bills, stuck, accounts, clock),
                new Market(nodes, maintenance, catalog, pricesFile, broadcasts),
                new Rates(fixes),
                new BountyDesk(bounties),
                resealing,
                figures,
                more);
    }
}
