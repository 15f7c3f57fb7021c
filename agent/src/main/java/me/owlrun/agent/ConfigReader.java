package me.owlrun.agent;

import me.owlrun.agent.model.Wishes;
import me.owlrun.agent.problem.AgentException;
import me.owlrun.agent.watch.Policy;
import me.owlrun.agent.watch.Schedule;
import me.owlrun.agent.wire.ProviderKey;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Turns the lines of a configuration file into a [Config], or into one sentence for each mistake.
/// The last of several equal keys counts; an empty value is the default; keys nobody knows are kept
/// and warned about, because other versions may know them.
final class ConfigReader {
    private static final Pattern COMMA = Pattern.compile(",");

    private final Path file;
    private final Map<Setting, String> values = new HashMap<>();
    private final List<String> mistakes = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    private ConfigReader(Path file) {
        this.file = file;
    }

    /// Reads the text of a file, then what overrides it.
    ///
    /// @param overrides values by `section.key`
    /// @throws AgentException if there is a mistake in it; the message names all of them
    static Config read(Path file, String text, Map<String, String> overrides) {
        ConfigReader reader = new ConfigReader(file);
        IniFile ini = IniFile.parse(text);
        ini.faults().forEach(fault -> reader.mistakes.add(file + " " + fault));
        ini.entries().forEach(reader::take);
        overrides.forEach(reader::override);
        if (!reader.mistakes.isEmpty()) {
            throw new AgentException(
                    String.join(System.lineSeparator(), reader.mistakes)
                            + System.lineSeparator()
                            + "Correct this and start again; owlrun --help-config lists all"
                            + " settings.");
        }
        return reader.config();
    }

    private void take(IniFile.Entry entry) {
        Optional<Setting> known = Settings.find(entry.section(), entry.key());
        if (known.isEmpty()) {
            warnings.add(
                    "%s line %d: [%s] %s is not a setting of this version; it is ignored."
                            .formatted(file, entry.line(), entry.section(), entry.key()));
            return;
        }
        put(known.get(), entry.value(), file + " line " + entry.line());
    }

    private void override(String name, String value) {
        int dot = name.indexOf('.');
        Optional<Setting> known =
                dot < 0
                        ? Optional.empty()
                        : Settings.find(name.substring(0, dot), name.substring(dot + 1));
        if (known.isEmpty()) {
            mistakes.add("The override " + name + " is not a setting of this version.");
        } else {
            put(known.get(), value, "The override " + name);
        }
    }

    private void put(Setting setting, String given, String place) {
        String value = normal(setting, given);
        if (value.isEmpty()) {
            values.remove(setting);
        } else if (setting.kind().allows(value)) {
            values.put(setting, value);
        } else {
            mistakes.add(mistake(setting, given, place));
        }
    }

    /// Words count the same in upper and lower case.
    private static String normal(Setting setting, String value) {
        return setting.kind() instanceof Setting.Choice ? value.toLowerCase(Locale.ROOT) : value;
    }

    /// A key's value is a secret even if it is wrong, so it is not repeated.
    private static String mistake(Setting setting, String given, String place) {
        String shown = setting.equals(Settings.API_KEY) ? "" : " = " + given;
        return "%s: %s%s is not allowed; use %s."
                .formatted(place, setting.title(), shown, setting.kind().allowed());
    }

    private Config config() {
        return new Config(
                file,
                account(),
                marketplace(),
                inference(),
                wishes(),
                policy(),
                number(Settings.DASHBOARD_PORT),
                flag(Settings.DEBUG),
                List.copyOf(warnings));
    }

    private Config.Account account() {
        String wallet = text(Settings.WALLET);
        String lightning = text(Settings.LIGHTNING_ADDRESS);
        boolean walletIsLightning = lightning.isEmpty() && wallet.contains("@");
        return new Config.Account(
                text(Settings.NODE_ID),
                new ProviderKey(text(Settings.API_KEY)),
                walletIsLightning ? "" : wallet,
                text(Settings.REFERRAL_CODE),
                walletIsLightning ? wallet : lightning,
                number(Settings.REDEEM_THRESHOLD),
                number(Settings.FREE_TIER_PCT));
    }

    private Config.Marketplace marketplace() {
        URI gateway = address(Settings.GATEWAY);
        URI proxyBase =
                text(Settings.PROXY_BASE).isEmpty() ? gateway : address(Settings.PROXY_BASE);
        String region = text(Settings.REGION);
        return new Config.Marketplace(
                gateway,
                proxyBase,
                region.equals("auto") ? "" : region,
                text(Settings.ANSWER).equals("http"));
    }

    private Config.Inference inference() {
        return new Config.Inference(
                Config.EngineKind.valueOf(text(Settings.ENGINE).toUpperCase(Locale.ROOT)),
                address(Settings.ENGINE_URL),
                text(Settings.MODEL_PINNED),
                number(Settings.CAPACITY),
                Duration.ofMillis(number(Settings.MOCK_DELAY)));
    }

    private Wishes wishes() {
        return new Wishes(
                flag(Settings.MODEL_AUTO),
                flag(Settings.KEEP_WARM),
                number(Settings.MAX_VRAM_PCT),
                number(Settings.CONTEXT_LENGTH),
                text(Settings.MODEL_PINNED),
                number(Settings.WARN_THRESHOLD_PCT),
                number(Settings.MIN_MODEL_SPACE_GB),
                flag(Settings.START_ENGINE));
    }

    private Policy policy() {
        String schedule = text(Settings.SCHEDULE);
        return new Policy(
                Policy.Mode.valueOf(text(Settings.JOB_MODE).toUpperCase(Locale.ROOT)),
                Duration.ofMinutes(number(Settings.TRIGGER_MINUTES)),
                number(Settings.GPU_THRESHOLD),
                flag(Settings.WATCH_PROCESSES),
                names(text(Settings.ALSO_WATCH)),
                schedule.isEmpty() ? Schedule.ALWAYS : Schedule.parse(schedule).orElseThrow(),
                number(Settings.MAX_TEMP),
                flag(Settings.ON_BATTERY));
    }

    /// Programs as they are compared: without folder and `.exe`, lower case.
    private static Set<String> names(String list) {
        return COMMA.splitAsStream(list)
                .map(name -> name.strip().toLowerCase(Locale.ROOT).replaceFirst("\\.exe$", ""))
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    private String text(Setting setting) {
        return Objects.requireNonNull(values.getOrDefault(setting, setting.defaultText()));
    }

    private int number(Setting setting) {
        return Integer.parseInt(text(setting));
    }

    private boolean flag(Setting setting) {
        return text(setting).equals("true");
    }

    private URI address(Setting setting) {
        return Setting.Address.parse(text(setting)).orElseThrow();
    }
}
