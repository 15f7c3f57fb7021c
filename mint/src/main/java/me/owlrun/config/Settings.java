package me.owlrun.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

/// The values of a table of settings, read once: a flag `--name=value` wins over the environment
/// variable `PREFIX_NAME` (dots as underscores), which wins over the file named by `--config`,
/// which wins over the default. Unknown names are mistakes.
public final class Settings {

    private static final String CONFIG = "config";

    private static final String TABLE_HEAD =
            """
            | setting | meaning | unit | allowed | default |
            |---|---|---|---|---|
            """;

    private final Map<String, Object> values;

    private Settings(Map<String, Object> values) {
        this.values = values;
    }

    /// Reads all settings of a table.
    ///
    /// @param table every setting there is
    /// @param environmentPrefix what the environment variables begin with, such as `OWLRUN_MINT`
    /// @param environment the environment variables
    /// @param flags the command line
    /// @throws ConfigException when anything is wrong, with every problem found
    public static Settings read(
            List<Setting<?>> table,
            String environmentPrefix,
            Map<String, String> environment,
            List<String> flags) {
        List<String> problems = new ArrayList<>();
        Map<String, String> flagTexts = flags(flags, problems);
        Map<String, String> texts = new HashMap<>();
        String file = flagTexts.remove(CONFIG);
        if (file != null) {
            texts.putAll(file(Path.of(file), problems));
        }
        texts.putAll(environment(table, environmentPrefix, environment, problems));
        texts.putAll(flagTexts);
        Map<String, Object> values = new LinkedHashMap<>();
        for (Setting<?> setting : table) {
            String text = texts.remove(setting.name());
            parse(setting, text == null ? setting.defaultText() : text, values, problems);
        }
        for (String unknown : texts.keySet()) {
            problems.add(
                    "There is no setting '" + unknown + "'; --help lists all, check its spelling.");
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return new Settings(values);
    }

    /// The value of a setting of the table this was read from.
    @SuppressWarnings("unchecked") // the value was made by this very setting's parser
    public <T> T get(Setting<T> setting) {
        Object value = values.get(setting.name());
        if (value == null) {
            throw new IllegalStateException("'" + setting.name() + "' is not in this table");
        }
        return (T) value;
    }

    /// The table in Markdown, as the documentation shows it.
    public static String markdown(List<Setting<?>> table) {
        return table.stream()
                .map(Setting::markdownRow)
                .collect(Collectors.joining("\n", TABLE_HEAD, "\n"));
    }

    private static void parse(
            Setting<?> setting, String text, Map<String, Object> values, List<String> problems) {
        try {
            values.put(setting.name(), setting.parse().apply(text));
        } catch (IllegalArgumentException e) {
            problems.add(setting.problem());
        }
    }

    private static Map<String, String> flags(List<String> flags, List<String> problems) {
        Map<String, String> texts = new HashMap<>();
        for (String flag : flags) {
            int equals = flag.indexOf('=');
            if (!flag.startsWith("--") || equals < 0) {
                problems.add("'" + flag + "' is no setting; write --name=value.");
            } else {
                texts.put(flag.substring(2, equals), flag.substring(equals + 1));
            }
        }
        return texts;
    }

    private static Map<String, String> file(Path path, List<String> problems) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(path)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            problems.add("The file '" + path + "' of --config cannot be read; check its path.");
        }
        Map<String, String> texts = new HashMap<>();
        properties.stringPropertyNames().forEach(n -> texts.put(n, properties.getProperty(n)));
        return texts;
    }

    private static Map<String, String> environment(
            List<Setting<?>> table,
            String prefix,
            Map<String, String> environment,
            List<String> problems) {
        Map<String, String> names = new HashMap<>();
        for (Setting<?> setting : table) {
            String upper = setting.name().replace('.', '_').toUpperCase(Locale.ROOT);
            names.put(prefix + "_" + upper, setting.name());
        }
        Map<String, String> texts = new HashMap<>();
        environment.forEach((variable, text) -> {
            String name = names.get(variable);
            if (name != null) {
                texts.put(name, text);
            } else if (variable.startsWith(prefix + "_")) {
                problems.add("There is no setting behind the variable " + variable + ".");
            }
        });
        return texts;
    }
}
