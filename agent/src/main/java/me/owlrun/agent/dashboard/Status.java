package me.owlrun.agent.dashboard;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.agent.problem.Problem;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// One look at the whole node, as `/api/status` shows it. Names are those of the first client's
/// dashboard where it has them; amounts are in millisats. Holds no secret: the key is masked.
///
/// @param identity who this is
/// @param duty what it does
/// @param settings what the owner set
/// @param gpu the GPU's figures
/// @param models what it serves
/// @param engine the kind of engine
/// @param jobs how jobs went since the start
/// @param earnings what they brought since the start
/// @param gateway what the gateway says
/// @param problems what is wrong
public record Status(
        Identity identity,
        DutyView duty,
        SettingsView settings,
        GpuView gpu,
        List<String> models,
        String engine,
        Jobs jobs,
        Earned earnings,
        GatewayView gateway,
        List<Problem> problems) {
    /// Who this is.
    public record Identity(String nodeId, String maskedKey, String version, String network) {}

    /// What it does: a short word, and a sentence.
    public record DutyView(String state, String sentence) {}

    /// What the owner set.
    public record SettingsView(
            String jobMode,
            String lightningAddress,
            int redeemThresholdSats,
            int freeTierPct,
            int contextLengthTokens,
            boolean keepWarm) {}

    /// The GPU's figures; 0 is unknown.
    public record GpuView(
            String name,
            String vendor,
            int vramTotalMb,
            int vramFreeMb,
            int utilPct,
            int tempCelsius,
            BigDecimal powerWatts) {}

    /// How jobs went.
    public record Jobs(
            int running, int capacity, long served, long failed, long stopped, long tokens) {}

    /// What they brought.
    ///
    /// @param msats in millisats
    /// @param sats the same as a text in sats
    public record Earned(long jobs, long tokens, long msats, String sats) {}

    /// What the gateway says.
    ///
    /// @param url its address
    /// @param stats its last word, if it said anything
    public record GatewayView(String url, boolean connected, Optional<Stats> stats) {}

    /// The gateway's figures about this node.
    public record Stats(
            String status,
            long jobsToday,
            long tokensToday,
            BigDecimal earnedTodayUsd,
            long balanceMsats,
            long queueDepthGlobal,
            Optional<BigDecimal> btcLiveUsd,
            Optional<BigDecimal> btcDailyAverageUsd) {}

    /// The document of `/api/status`.
    public ObjectNode document() {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("node_id", identity.nodeId());
        document.put("provider_key", identity.maskedKey());
        document.put("version", identity.version());
        document.put("network", identity.network());
        document.put("state", duty.state());
        document.put("state_sentence", duty.sentence());
        document.put("error_detail", errorDetail());
        putSettings(document);
        putGpu(document.putObject("gpu"));
        document.put("engine", engine);
        document.put("model", models.isEmpty() ? "" : models.getFirst());
        models.forEach(model -> document.withArray("models").add(model));
        document.putObject("jobs")
                .put("running", jobs.running())
                .put("capacity", jobs.capacity())
                .put("served", jobs.served())
                .put("failed", jobs.failed())
                .put("stopped", jobs.stopped())
                .put("tokens", jobs.tokens());
        document.putObject("earnings")
                .put("jobs", earnings.jobs())
                .put("tokens", earnings.tokens())
                .put("total_msats", earnings.msats())
                .put("total_sats", earnings.sats());
        putGateway(document);
        putProblems(document);
        return document;
    }

    private String errorDetail() {
        return problems.stream()
                .filter(problem -> problem.severity() == Problem.Severity.ERROR)
                .map(Problem::title)
                .findFirst()
                .orElse("");
    }

    private void putSettings(ObjectNode document) {
        document.put("job_mode", settings.jobMode());
        document.put("lightning_address", settings.lightningAddress());
        document.put("redeem_threshold", settings.redeemThresholdSats());
        document.put("free_tier_pct", settings.freeTierPct());
        document.put("context_length", settings.contextLengthTokens());
        document.put("keep_warm", settings.keepWarm());
        boolean configured = !settings.lightningAddress().isEmpty();
        document.putObject("wallet")
                .put("address", settings.lightningAddress())
                .put("configured", configured)
                .put("warning", configured ? "" : "Set a Lightning address to be paid.");
    }

    private void putGpu(ObjectNode document) {
        document.put("name", gpu.name());
        document.put("vendor", gpu.vendor());
        document.put("vram_total_mb", gpu.vramTotalMb());
        document.put("vram_free_mb", gpu.vramFreeMb());
        document.put("util_pct", gpu.utilPct());
        document.put("temp_c", gpu.tempCelsius());
        document.put("power_w", gpu.powerWatts());
    }

    private void putGateway(ObjectNode document) {
        ObjectNode view = document.putObject("gateway");
        view.put("url", gateway.url()).put("connected", gateway.connected());
        if (gateway.stats().isPresent()) {
            Stats stats = gateway.stats().get();
            view.put("status", stats.status());
            view.put("jobs_today", stats.jobsToday());
            view.put("tokens_today", stats.tokensToday());
            view.put("earned_today_usd", stats.earnedTodayUsd());
            view.put("balance_msats", stats.balanceMsats());
            view.put("queue_depth_global", stats.queueDepthGlobal());
            ObjectNode price = document.putObject("btc_price");
            stats.btcLiveUsd().ifPresent(usd -> price.put("live_usd", usd));
            stats.btcDailyAverageUsd().ifPresent(usd -> price.put("daily_avg", usd));
        }
    }

    private void putProblems(ObjectNode document) {
        var list = document.putArray("problems");
        for (Problem problem : problems) {
            list.addObject()
                    .put("code", problem.code())
                    .put("severity", problem.severity().name().toLowerCase(Locale.ROOT))
                    .put("title", problem.title())
                    .put("fix", problem.fix());
        }
    }
}
