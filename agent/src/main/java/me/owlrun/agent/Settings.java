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
    private static final Kind PERCENT = new Setting.Whole(0, 100, false);
    private static final Kind MODEL = text("[A-Za-z0-9._:/@-]{1,200}", "a model's tag");
    private static final List<Setting> TABLE = new ArrayList<>();

    static final Setting NODE_ID =
            add(
                    "account",
                    "node_id",
                    "This machine's name, a UUID; made on the first start",
                    "",
                    text("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", "a UUID"),
                    "",
                    Effect.LIVE);
    static final Setting API_KEY =
            add(
                    "account",
                    "api_key",
                    "The owner's secret key; made on the first start",
                    "",
                    text("owlr_prov_[A-Za-z0-9_-]{8,128}", "a key that begins with owlr_prov_"),
                    "",
                    Effect.LIVE);
    static final Setting WALLET =
            add(
                    "account",
                    "wallet",
                    "Old field; an address with @ counts as lightning_address",
                    "",
                    ANY,
                    "",
                    Effect.LIVE);
    static final Setting REFERRAL_CODE =
            add(
                    "account",
                    "referral_code",
                    "Who brought this node",
                    "",
                    text("[A-Za-z0-9_-]{1,64}", "letters, digits, _ and - (owlr_ref_...)"),
                    "",
                    Effect.LIVE);
    static final Setting LIGHTNING_ADDRESS =
            add(
                    "account",
                    "lightning_address",
                    "Where earnings are paid",
                    "",
                    text(
                            "[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,253}(:\\d{1,5})?",
                            "an address such as you@minibits.cash"),
                    "",
                    Effect.LIVE);
    static final Setting REDEEM_THRESHOLD =
            add(
                    "account",
                    "redeem_threshold",
                    "From which balance on they are paid",
                    "sats",
                    new Setting.Whole(100, 1_000, false),
                    "500",
                    Effect.LIVE,
                    "redeem_threshold_sats");
    static final Setting FREE_TIER_PCT =
            add(
                    "account",
                    "free_tier_pct",
                    "Share of capacity given away, for karma",
                    "percent",
                    PERCENT,
                    "0",
                    Effect.LIVE);

    static final Setting GATEWAY =
            add(
                    "marketplace",
                    "gateway",
                    "The gateway to work for",
                    "",
                    new Setting.Address(),
                    "https://node.owlrun.me",
                    Effect.LIVE);
    static final Setting PROXY_BASE =
            add(
                    "marketplace",
                    "proxy_base",
                    "Where jobs are fetched, if not at the gateway",
                    "",
                    new Setting.Address(),
                    "",
                    Effect.LIVE);
    static final Setting EXTRA_GATEWAYS =
            add("marketplace", "extra_gateways", "Further gateways", "", ANY, "", Effect.LATER);
    static final Setting REGION =
            add(
                    "marketplace",
                    "region",
                    "Where this node is; auto lets the gateway find out",
                    "",
                    text("[A-Za-z0-9_-]{1,32}", "auto or a region such as us-east"),
                    "auto",
                    Effect.LIVE);
    static final Setting ALLOW_OVERRIDE =
            add(
                    "marketplace",
                    "allow_override",
                    "Kept for older files",
                    "",
                    FLAG,
                    "true",
                    Effect.LATER);
    static final Setting DEBUG =
            add(
                    "marketplace",
                    "debug",
                    "Write more into the log; never prompts or keys",
                    "",
                    FLAG,
                    "false",
                    Effect.LIVE);
    static final Setting ANSWER =
            add(
                    "marketplace",
                    "answer",
                    "How answers travel: over the control channel or by HTTP POST",
                    "",
                    new Setting.Choice(List.of("ws", "http")),
                    "ws",
                    Effect.LIVE);

    static final Setting ENGINE =
            add(
                    "inference",
                    "engine",
                    "What runs the models",
                    "",
                    new Setting.Choice(List.of("ollama", "openai", "mock")),
                    "ollama",
                    Effect.LIVE);
    static final Setting ENGINE_URL =
            add(
                    "inference",
                    "engine_url",
                    "Where the engine listens",
                    "",
                    new Setting.Address(),
                    "http://127.0.0.1:11434",
                    Effect.LIVE);
    static final Setting MODEL_PINNED =
            add(
                    "inference",
                    "model",
                    "Serve only this model; empty serves all there are",
                    "",
                    MODEL,
                    "",
                    Effect.LIVE);
    static final Setting CAPACITY =
            add(
                    "inference",
                    "capacity",
                    "Jobs at the same time; 0 is 1 for a real engine and 4 for mock",
                    "jobs",
                    new Setting.Whole(1, 64, true),
                    "0",
                    Effect.LIVE);
    static final Setting MOCK_DELAY =
            add(
                    "inference",
                    "mock_token_millis",
                    "How long the mock engine takes for a token",
                    "milliseconds",
                    new Setting.Whole(0, 10_000, false),
                    "10",
                    Effect.LIVE);
    static final Setting MODEL_AUTO =
            add(
                    "inference",
                    "model_auto",
                    "Choose and download the best model that fits",
                    "",
                    FLAG,
                    "true",
                    Effect.LATER);
    static final Setting KEEP_WARM =
            add(
                    "inference",
                    "keep_warm",
                    "Keep the model in video memory between jobs",
                    "",
                    FLAG,
                    "true",
                    Effect.LATER);
    static final Setting MAX_VRAM_PCT =
            add(
                    "inference",
                    "max_vram_pct",
                    "Most video memory to use",
                    "percent",
                    new Setting.Whole(1, 100, false),
                    "80",
                    Effect.LATER);
    static final Setting CONTEXT_LENGTH =
            add(
                    "inference",
                    "context_length",
                    "Context window; 0 is the model's own",
                    "tokens",
                    new Setting.Whole(2_048, 262_144, true),
                    "8192",
                    Effect.LATER);

    static final Setting TRIGGER_MINUTES =
            add(
                    "idle",
                    "trigger_minutes",
                    "Start earning after so long without the user",
                    "minutes",
                    new Setting.Whole(0, 1_440, false),
                    "10",
                    Effect.LATER);
    static final Setting GPU_THRESHOLD =
            add(
                    "idle",
                    "gpu_threshold",
                    "Only earn while the GPU is used less by others",
                    "percent",
                    PERCENT,
                    "15",
                    Effect.LATER);
    static final Setting WATCH_PROCESSES =
            add(
                    "idle",
                    "watch_processes",
                    "Pause while games or heavy programs run",
                    "",
                    FLAG,
                    "true",
                    Effect.LATER);
    static final Setting JOB_MODE =
            add(
                    "idle",
                    "job_mode",
                    "When to take jobs; idle is always until idle detection exists",
                    "",
                    new Setting.Choice(List.of("idle", "always", "never")),
                    "idle",
                    Effect.LIVE);

    static final Setting WARN_THRESHOLD_PCT =
            add(
                    "disk",
                    "warn_threshold_pct",
                    "Warn when less of the disk is free",
                    "percent",
                    PERCENT,
                    "30",
                    Effect.LATER);
    static final Setting MIN_MODEL_SPACE_GB =
            add(
                    "disk",
                    "min_model_space_gb",
                    "Space kept for downloading models",
                    "GB",
                    new Setting.Whole(0, 100_000, false),
                    "8",
                    Effect.LATER);

    static final Setting DASHBOARD_PORT =
            add(
                    "dashboard",
                    "port",
                    "Port of the page on 127.0.0.1; 0 takes any free one",
                    "",
                    new Setting.Whole(0, 65_535, false),
                    "19131",
                    Effect.LIVE);

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

    private static Setting add(
            String section,
            String name,
            String meaning,
            String unit,
            Kind kind,
            String defaultText,
            Effect effect,
            String... aliases) {
        Setting setting =
                new Setting(
                        section, name, List.of(aliases), meaning, unit, kind, defaultText, effect);
        TABLE.add(setting);
        return setting;
    }

    private static Kind text(String form, String allowed) {
        return new Setting.Text(Pattern.compile(form), allowed);
    }
}
