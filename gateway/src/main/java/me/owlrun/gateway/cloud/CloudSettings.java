package me.owlrun.gateway.cloud;

import me.owlrun.config.Setting;
import me.owlrun.config.Settings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The settings of cloud nodes.
public final class CloudSettings {

    private static final int PORT_MAX = 65_535;
    private static final long MEBIBYTE = 1_048_576;

    static final Setting<Optional<Path>> KEY_FILE =
            Setting.path(
                    "cloud.key_file",
                    "file with the keys that seal the tokens of cloud nodes, 64 hexadecimal digits"
                            + " a line, the newest last, readable by its owner only; empty: no"
                            + " cloud nodes");
    static final Setting<Set<Integer>> PORTS =
            new Setting<>(
                    "cloud.ports",
                    "ports that cloud nodes may have beside 443",
                    "",
                    "ports with commas between, or empty",
                    "",
                    CloudSettings::ports);
    static final Setting<Long> NODES =
            Setting.number("cloud.nodes", "cloud nodes of one account", "", 1, 10_000, 20);
    static final Setting<Duration> LOOK_EVERY =
            Setting.milliseconds(
                    "cloud.look_every",
                    "between two looks for cloud nodes that came, went or changed at another"
                            + " gateway",
                    100,
                    600_000,
                    5_000);
    static final Setting<Duration> CHECK_MAX =
            Setting.milliseconds(
                    "cloud.check",
                    "time for each question to a cloud node's server at its registration",
                    100,
                    120_000,
                    15_000);
    static final Setting<Long> ANSWER_MAX =
            Setting.number(
                    "cloud.answer_max",
                    "the most one answer of a cloud may have",
                    "MiB",
                    1,
                    256,
                    64);

    /// All of them.
    public static final List<Setting<?>> TABLE =
            List.of(KEY_FILE, PORTS, NODES, LOOK_EVERY, CHECK_MAX, ANSWER_MAX);

    private CloudSettings() {}

    static int answerBytesMax(Settings settings) {
        return Math.toIntExact(settings.get(ANSWER_MAX) * MEBIBYTE);
    }

    private static Set<Integer> ports(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .map(CloudSettings::port)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static int port(String text) {
        int port = Integer.parseInt(text);
        if (port < 1 || port > PORT_MAX) {
            throw new IllegalArgumentException("no such port");
        }
        return port;
    }
}
