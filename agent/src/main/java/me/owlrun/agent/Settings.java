package me.owlrun.agent;

import me.owlrun.agent.Setting.Effect;
import me.owlrun.agent.Setting.Kind;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The one table of everything that can be set. `--help-config` prints it, the documentation shows
/// it, the reader checks files against it.
final class Settings {
    private static final Kind FLAG = new Setting.Choice(List.of("true", "false"));
    private static final Kind ANY = text(".{1,200}", "a text of at most 200 characters");
    private static final Kind PERCENT = new Setting.Whole(0, 100, false, "percent");
    private static final Kind MODEL = text("[A-Za-z0-9._:/@-]{1,200}", "a model's tag");
    private static final List<Setting> TABLE = new ArrayList<>();

    static final Setting NODE_ID =
            live(
                    "account",
                    "node_id",
                    "This machine's name, a UUID; made on the first start",
                    text("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", "a UUID"),
                    "");
    static final Setting API_KEY =
            live(
                    "account",
                    "api_key",
                    "The owner's secret key; made on the first start",
                    text("owlr_prov_[A-Za-z0-9_-]{8,128}", "a key that begins with owlr_prov_"),
                    "");
    static final Setting WALLET =
            live(
                    "account",
                    "wallet",
                    "Old field; an address with @ counts as lightning_address",
                    ANY,
                    "");
    static final Setting REFERRAL_CODE =
            live(
                    "account",
                    "referral_code",
                    "Who brought this node",
                    text("[A-Za-z0-9_-]{1,64}", "letters, digits, _ and - (owlr_ref_...)"),
                    "");
    static final Setting LIGHTNING_ADDRESS =
            live(
                    "account",
                    "lightning_address",
                    "Where earnings are paid",
                    text(
                            "[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,253}(:\\d{1,5})?",
                            "an address such as you@minibits.cash"),
                    "");
    static final Setting REDEEM_THRESHOLD =
            live(
                    "account",
                    "redeem_threshold",
                    "From which balance on they are paid",
                    new Setting.Whole(100, 1_000, false, "sats"),
                    "500",
                    "redeem_threshold_sats");
    static final Setting FREE_TIER_PCT =
            live(
                    "account",
                    "free_tier_pct",
                    "Share of capacity given away, for karma",
                    PERCENT,
                    "0");

    static final Setting GATEWAY =
            live(
                    "marketplace",
                    "gateway",
                    "The gateway to work for",
                    new Setting.Address(),
                    "https://node.owlrun.me");
    static final Setting PROXY_BASE =
            live(
                    "marketplace",
                    "proxy_base",
                    "Where jobs are fetched, if not at the gateway",
                    new Setting.Address(),
                    "");
    static final Setting EXTRA_GATEWAYS =
            later("marketplace", "extra_gateways", "Further gateways", ANY, "");
    static final Setting REGION =
            live(
                    "marketplace",
                    "region",
                    "Where this node is; auto lets the gateway find out",
                    text("[A-Za-z0-9_-]{1,32}", "auto or a region such as us-east"),
                    "auto");
    static final Setting ALLOW_OVERRIDE =
            later("marketplace", "allow_override", "Kept for older files", FLAG, "true");
    static final Setting DEBUG =
            live(
                    "marketplace",
                    "debug",
                    "Write more into the log; never prompts or keys",
                    FLAG,
                    "false");
    static final Setting ANSWER =
            live(
                    "marketplace",
                    "answer",
                    "How answers travel: over the control channel or by HTTP POST",
                    new Setting.Choice(List.of("ws", "http")),
                    "ws");

    static final Setting ENGINE =
            live(
                    "inference",
                    "engine",
                    "What runs the models",
                    new Setting.Choice(List.of("ollama", "openai", "mock")),
                    "ollama");
    static final Setting ENGINE_URL =
            live(
                    "inference",
                    "engine_url",
                    "Where the engine listens",
                    new Setting.Address(),
                    "http://127.0.0.1:11434");
    static final Setting MODEL_PINNED =
            live(
                    "inference",
                    "model",
                    "Serve only this model; empty serves all there are",
                    MODEL,
                    "");
    static final Setting CAPACITY =
            live(
                    "inference",
                    "capacity",
                    "Jobs at the same time; 0 is 1 for a real engine and 4 for mock",
                    new Setting.Whole(1, 64, true, "jobs"),
                    "0");
    static final Setting MOCK_DELAY =
            live(
                    "inference",
                    "mock_token_millis",
                    "How long the mock engine takes for a token",
                    new Setting.Whole(0, 10_000, false, "milliseconds"),
                    "10");
    static final Setting MODEL_AUTO =
            live(
                    "inference",
                    "model_auto",
                    "Choose and download the best model that fits",
                    FLAG,
                    "true");
    static final Setting KEEP_WARM =
            live(
                    "inference",
                    "keep_warm",
                    "Keep the model in video memory between jobs",
                    FLAG,
                    "true");
    static final Setting MAX_VRAM_PCT =
            live(
                    "inference",
                    "max_vram_pct",
                    "Most video memory to use",
                    new Setting.Whole(1, 100, false, "percent"),
                    "80");
    static final Setting CONTEXT_LENGTH =
            live(
                    "inference",
                    "context_length",
                    "Context window; 0 is the model's own",
                    new Setting.Whole(2_048, 262_144, true, "tokens"),
                    "8192");
    static final Setting START_ENGINE =
            live(
                    "inference",
                    "start_engine",
                    "Start Ollama if none runs; it is stopped with the agent",
                    FLAG,
                    "true");

    static final Setting TRIGGER_MINUTES =
            live(
                    "idle",
                    "trigger_minutes",
                    "In mode idle, start earning after so long without the user",
                    new Setting.Whole(0, 1_440, false, "minutes"),
                    "10");
    static final Setting GPU_THRESHOLD =
            live(
                    "idle",
                    "gpu_threshold",
                    "In mode idle, only earn while the GPU is used less by others",
                    PERCENT,
                    "15");
    static final Setting WATCH_PROCESSES =
            live(
                    "idle",
                    "watch_processes",
                    "In mode idle, pause while games or heavy programs run",
                    FLAG,
                    "true");
    static final Setting JOB_MODE =
            live(
                    "idle",
                    "job_mode",
                    "When to take jobs: while nobody uses the machine, always, or never",
                    new Setting.Choice(List.of("idle", "always", "never")),
                    "idle");

    static final Setting ALSO_WATCH =
            live(
                    "idle",
                    "also_watch",
                    "Further programs that pause it, by name",
                    text("[^,]{1,60}(,[^,]{1,60}){0,31}", "up to 32 names with commas between"),
                    "");
    static final Setting SCHEDULE =
            live(
                    "idle",
                    "schedule",
                    "Only work in these hours of the machine's own time; empty is always",
                    new Setting.Hours(),
                    "");
    static final Setting MAX_TEMP =
            live(
                    "idle",
                    "max_temp_c",
                    "Pause when the GPU is this hot, until it is 10 degrees cooler; 0 is never",
                    new Setting.Whole(40, 110, true, "degrees Celsius"),
                    "90");
    static final Setting ON_BATTERY =
            live("idle", "on_battery", "Work on battery too", FLAG, "false");

    static final Setting WARN_THRESHOLD_PCT =
            live("disk", "warn_threshold_pct", "Warn when less of the disk is free", PERCENT, "30");
    static final Setting MIN_MODEL_SPACE_GB =
            live(
                    "disk",
                    "min_model_space_gb",
                    "Space that a download must leave free",
                    new Setting.Whole(0, 100_000, false, "GB"),
                    "8");

    static final Setting DASHBOARD_PORT =
            live(
                    "dashboard",
                    "port",
                    "Port of the page on 127.0.0.1; 0 takes any free one",
                    new Setting.Whole(0, 65_535, false, ""),
                    "19131");

    private Settings() {}

    /// Every setting, in the order of the documentation.
    static List<Setting> all() {
        return List.copyOf(TABLE);
    }

    /// The setting of this name or alias, if there is one.
    ///
    /// @param section lower case
    /// @param name lower case
    static Optional<Setting> find(String section, String name) {
        return TABLE.stream()
                .filter(setting -> setting.section().equals(section))
                .filter(setting -> setting.name().equals(name) || setting.aliases().contains(name))
                .findFirst();
    }

    /// The whole table in Markdown.
    static String markdown() {
        StringBuilder table = new StringBuilder("| section | key | meaning | unit | allowed |");
        table.append(" default | in effect |\n|---|---|---|---|---|---|---|\n");
        for (Setting setting : TABLE) {
            List<String> cells =
                    List.of(
                            setting.section(),
                            names(setting),
                            setting.meaning(),
                            setting.unit(),
                            setting.kind().allowed(),
                            setting.defaultText(),
                            setting.effect() == Effect.LIVE ? "yes" : "not yet");
            table.append("| ").append(String.join(" | ", cells)).append(" |\n");
        }
        return table.toString();
    }

    private static String names(Setting setting) {
        String aliases = String.join("`, `", setting.aliases());
        return "`" + setting.name() + (aliases.isEmpty() ? "`" : "` (also `" + aliases + "`)");
    }

    /// Puts a setting that the agent acts on into the table.
    private static Setting live(
            String section,
            String name,
            String meaning,
            Kind kind,
            String defaultText,
            String... aliases) {
        return add(
                new Setting(
                        section, name, List.of(aliases), meaning, kind, defaultText, Effect.LIVE));
    }

    /// Puts a setting that a later version acts on into the table.
    private static Setting later(
            String section, String name, String meaning, Kind kind, String defaultText) {
        return add(new Setting(section, name, List.of(), meaning, kind, defaultText, Effect.LATER));
    }

    private static Setting add(Setting setting) {
        TABLE.add(setting);
        return setting;
    }

    private static Kind text(String form, String allowed) {
        return new Setting.Text(Pattern.compile(form), allowed);
    }
}
