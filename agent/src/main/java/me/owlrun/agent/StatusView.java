package me.owlrun.agent;

import me.owlrun.agent.dashboard.Status;
import me.owlrun.agent.duty.Duty;
import me.owlrun.agent.duty.DutyState;
import me.owlrun.agent.job.Earnings;
import me.owlrun.agent.job.JobCounts;
import me.owlrun.agent.job.JobRunner;
import me.owlrun.agent.link.Inventory;
import me.owlrun.agent.link.Link;
import me.owlrun.agent.link.LinkStatus;
import me.owlrun.agent.machine.GpuReading;
import me.owlrun.agent.problem.ProblemBoard;
import me.owlrun.agent.wire.GatewayStats;
import me.owlrun.agent.wire.Registration;

import java.util.Optional;

/// Looks at all parts of the node and puts what it sees into one [Status]; the parts do not know
/// the dashboard, and the dashboard does not know them.
record StatusView(
        LiveConfig live,
        Build build,
        Duty duty,
        String engine,
        Inventory inventory,
        JobRunner jobs,
        Earnings earnings,
        Link link,
        ProblemBoard problems) {
    private Config config() {
        return live.now();
    }

    /// One look.
    Status status() {
        Inventory.Stock stock = inventory.stock();
        DutyState state = duty.state();
        return new Status(
                identity(),
                new Status.DutyView(state.word(), state.sentence()),
                settings(),
                gpu(stock.gpu()),
                stock.models().stream().map(Registration.Model::id).toList(),
                engine,
                jobCounts(),
                earned(),
                gateway(),
                problems.list());
    }

    private Status.Identity identity() {
        Config.Account account = config().account();
        return new Status.Identity(
                account.nodeId(), account.key().masked(), build.version(), build.network());
    }

    private Status.SettingsView settings() {
        Config.Account account = config().account();
        return new Status.SettingsView(
                config().policy().mode().word(),
                account.lightningAddress(),
                account.redeemThresholdSats(),
                account.freeTierPct(),
                config().wishes().contextTokens(),
                config().wishes().keepWarm());
    }

    private static Status.GpuView gpu(GpuReading gpu) {
        return new Status.GpuView(
                gpu.name(),
                gpu.vendor(),
                gpu.vramTotalMb(),
                gpu.vramFreeMb(),
                gpu.utilPct(),
                gpu.tempCelsius(),
                gpu.powerWatts());
    }

    private Status.Jobs jobCounts() {
        JobCounts counts = jobs.counts();
        return new Status.Jobs(
                counts.running(),
                duty.capacity(),
                counts.served(),
                counts.failed(),
                counts.stopped(),
                counts.tokens());
    }

    private Status.Earned earned() {
        Earnings.Totals totals = earnings.totals();
        return new Status.Earned(
                totals.jobs(), totals.tokens(), totals.earned().value(), totals.earned().satText());
    }

    private Status.GatewayView gateway() {
        LinkStatus status = link.status();
        Optional<Status.Stats> stats = status.stats().map(StatusView::stats);
        return new Status.GatewayView(
                config().marketplace().gateway().toString(), status.connected(), stats);
    }

    private static Status.Stats stats(GatewayStats stats) {
        return new Status.Stats(
                stats.status(),
                stats.jobsToday(),
                stats.tokensToday(),
                stats.earnedTodayUsd(),
                stats.balanceMsats(),
                stats.queueDepthGlobal(),
                stats.btcLiveUsd(),
                stats.btcDailyAverageUsd());
    }
}
