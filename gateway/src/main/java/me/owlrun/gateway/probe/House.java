package me.owlrun.gateway.probe;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.config.Settings;
import me.owlrun.db.Database;
import me.owlrun.db.Migration;
import me.owlrun.gateway.admin.AdminCall;
import me.owlrun.gateway.chat.ChatLimits;
import me.owlrun.gateway.chat.HouseRun;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.gateway.job.Attempt;
import me.owlrun.gateway.job.JobBoard;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.gateway.job.NodePool;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.market.Catalog;
import me.owlrun.gateway.meter.EarningStore;
import me.owlrun.gateway.oracle.Oracle;
import me.owlrun.gateway.trust.Trust;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.LongToDoubleFunction;
import java.util.random.RandomGenerator;

/// The parts of this package put together.
public final class House {

    private final HouseJobs jobs;
    private final FaucetDesk faucet;
    private final TallyStore tally;

    /// What they stand on.
    ///
    /// @param settings with those of [HouseSettings]
    /// @param karma of a provider; more comes first
    /// @param attempts hears what came of the jobs
    public record Parts(
            Settings settings,
            Database database,
            LedgerStore ledger,
            EarningStore earnings,
            NodePool pool,
            JobBoard board,
            ChatLimits limits,
            Catalog catalog,
            Oracle oracle,
            Trust trust,
            LongToDoubleFunction karma,
            Attempt.Listener attempts,
            RandomGenerator random,
            InstantSource clock,
            StopSignal stop) {}

    /// Puts them together.
    public House(Parts parts) {
        HouseRules rules = HouseSettings.rules(parts.settings);
        HouseStore store =
                new HouseStore(parts.database, parts.ledger, parts.earnings, rules, parts.clock);
        jobs =
                new HouseJobs(
                        new HouseJobs.Parts(
                                parts.pool,
                                new HouseRun(parts.pool, parts.board, parts.limits),
                                parts.trust.book(),
                                parts.catalog,
                                parts.oracle,
                                parts.trust::millions,
                                parts.karma,
                                parts.attempts,
                                parts.limits.costMin(),
                                parts.limits.jobMax(),
                                parts.random,
                                parts.clock,
                                parts.stop),
                        store,
                        rules);
        faucet = new FaucetDesk(new FaucetStore(parts.database, parts.ledger), store, rules);
        tally = new TallyStore(parts.database);
    }

    /// The migration that makes the tables.
    public static Migration migration() {
        return HouseStore.migration();
    }

    /// Hears of jobs, and runs until the gateway stops.
    public HouseJobs jobs() {
        return jobs;
    }

    /// What the operator can do.
    public List<AdminCall> calls() {
        return faucet.calls();
    }

    /// How a node did since a moment.
    public ObjectNode tally(NodeIdentity node, Instant since) {
        return tally.since(node, since);
    }
}
