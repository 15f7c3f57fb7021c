package me.owlrun.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.agent.dashboard.Status;
import me.owlrun.agent.duty.Duty;
import me.owlrun.agent.duty.DutyState;
import me.owlrun.agent.engine.Ollama;
import me.owlrun.agent.idle.UserIdle;
import me.owlrun.agent.job.JobCounts;
import me.owlrun.agent.job.JobRunner;
import me.owlrun.agent.link.Inventory;
import me.owlrun.agent.link.Link;
import me.owlrun.agent.link.LinkStatus;
import me.owlrun.agent.machine.Disk;
import me.owlrun.agent.machine.GpuReading;
import me.owlrun.agent.model.Catalog;
import me.owlrun.agent.model.Keeper;
import me.owlrun.agent.problem.ProblemBoard;
import me.owlrun.agent.purse.Journal;
import me.owlrun.agent.watch.Verdict;
import me.owlrun.agent.watch.Watch;
import me.owlrun.agent.wire.GatewayStats;
import me.owlrun.agent.wire.Registration;

import java.time.Clock;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
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
        Journal journal,
        Link link,
        Watch watch,
        Optional<Keeper> keeper,
        ProblemBoard problems,
        Clock clock) {
    private static final int JOBS_SHOWN = 20;
    private static final Duration AWAY_STEP = Duration.ofSeconds(10);

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

    /// One look as the page's document.
    ObjectNode document() {
        ObjectNode document = status().document();
        putToday(document.withObject("earnings"));
        putWatch(document.putObject("watch"));
        putModels(document);
        putJobs(document);
        link.status().stats().ifPresent(stats -> putMore(document, stats.more()));
        return document;
    }

    private void putToday(ObjectNode earnings) {
        ZonedDateTime now = ZonedDateTime.ofInstant(clock.instant(), clock.getZone());
        Journal.Totals today = journal.since(now.truncatedTo(ChronoUnit.DAYS).toInstant());
        Journal.Totals night = journal.since(now.minusHours(24).toInstant());
        earnings.put("today_jobs", today.jobs()).put("today_msats", today.earned().value());
        earnings.put("last_24h_msats", night.earned().value());
    }

    private void putWatch(ObjectNode view) {
        Optional<Watch.Seen> seen = watch.seen();
        if (seen.isEmpty()) {
            return;
        }
        UserIdle.Reading user = seen.get().signals().user();
        view.put("source", user.source());
        // In steps, so that the page is not sent anew for each second.
        user.away()
                .ifPresent(away ->
                        view.put(
                                "away_seconds", away.dividedBy(AWAY_STEP) * AWAY_STEP.toSeconds()));
        view.put("on_battery", seen.get().signals().battery());
        view.put("code", seen.get().verdict() instanceof Verdict.Rest rest ? rest.code() : "work");
    }

    private void putModels(ObjectNode document) {
        document.put("models_managed", keeper.isPresent());
        var available = document.putArray("available_models");
        if (keeper.isEmpty()) {
            return;
        }
        Keeper.Models models = keeper.get().models();
        document.put("model", models.active());
        document.put("model_pinned", config().wishes().pinned());
        List<String> installed = models.installed().stream().map(Ollama.Installed::tag).toList();
        int usable = keeper.get().usableMb();
        for (Ollama.Installed one : models.installed()) {
            available
                    .addObject()
                    .put("tag", one.tag())
                    .put("installed", true)
                    .put("active", one.tag().equals(models.active()))
                    .put("disk_mb", one.bytes() >> 20)
                    .put("fits", fits(one.tag(), usable));
        }
        for (Catalog.Entry entry : Catalog.ALL) {
            if (!installed.contains(entry.tag())) {
                available
                        .addObject()
                        .put("tag", entry.tag())
                        .put("installed", false)
                        .put("active", false)
                        .put("vram_gb", entry.vramGb())
                        .put("disk_mb", entry.diskGb() * 1_024L)
                        .put("fits", entry.fits(usable));
            }
        }
        putDiskAndPull(document, keeper.get());
    }

    private static boolean fits(String tag, int usable) {
        return Catalog.ALL.stream()
                .filter(entry -> entry.tag().equals(tag))
                .allMatch(entry -> entry.fits(usable));
    }

    private static void putDiskAndPull(ObjectNode document, Keeper keeper) {
        Disk disk = keeper.disk();
        document.putObject("disk")
                .put("path", disk.path().toString())
                .put("total_gb", disk.totalGb())
                .put("free_gb", disk.freeGb())
                .put("free_pct", disk.freePct());
        keeper.download()
                .ifPresent(pull ->
                        document.putObject("pulling")
                                .put("model", pull.tag())
                                .put("status", pull.progress().status())
                                .put("completed", pull.progress().completed())
                                .put("total", pull.progress().total()));
    }

    private void putJobs(ObjectNode document) {
        var list = document.putArray("recent_jobs");
        for (Journal.Entry entry : journal.last(JOBS_SHOWN)) {
            list.addObject()
                    .put("ts", entry.time().toString())
                    .put("model", entry.model())
                    .put("tokens", entry.tokens())
                    .put("earned_msats", entry.earned().value());
        }
    }

    private static void putMore(ObjectNode document, GatewayStats.More more) {
        document.withObject("gateway")
                .put("earned_today_msats", more.earnedTodayMsats())
                .put("earned_total_msats", more.earnedTotalMsats());
        document.withObject("btc_price").put("status", more.btcStatus());
        document.put("karma_score", more.karmaScore()).put("karma_tier", more.karmaTier());
        document.put("free_tier_jobs", more.freeTierJobs());
        var notices = document.putArray("broadcasts");
        more.notices()
                .forEach(notice ->
                        notices.addObject()
                                .put("id", notice.id())
                                .put("title", notice.title())
                                .put("message", notice.message())
                                .put("severity", notice.severity()));
        var payouts = document.putArray("withdraw_history");
        more.payouts()
                .forEach(payout ->
                        payouts.addObject()
                                .put("amount_msats", payout.msats())
                                .put("payment_hash", payout.paymentHash())
                                .put("timestamp", payout.time()));
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
        Journal.Totals totals = journal.all();
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
