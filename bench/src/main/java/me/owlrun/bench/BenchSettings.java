package me.owlrun.bench;

import me.owlrun.config.Setting;
import me.owlrun.config.Settings;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The flags of the harness.
final class BenchSettings {

    /// Our own mint is started when no address is given.
    private static final String OWN = "http://own-mint.invalid";

    static final Setting<URI> URL =
            Setting.url("url", "a mint on this machine; without it our own is started", OWN);

    static final Setting<Long> PID =
            Setting.number(
                    "pid", "process of that mint, to count its processor time", "", 0, 1 << 30, 0);

    static final Setting<List<Integer>> CLIENTS =
            new Setting<>(
                    "clients",
                    "clients at once, one figure per round",
                    "",
                    "numbers from 1 to 1000, with commas",
                    "1,8,64,256",
                    BenchSettings::counts);

    static final Setting<List<String>> OPERATIONS =
            new Setting<>(
                    "operations",
                    "what to do",
                    "",
                    "some of swap2, swap4, check, melt, with commas",
                    String.join(",", LoadRun.OPERATIONS),
                    BenchSettings::operations);

    static final Setting<Duration> PHASE =
            Setting.seconds("seconds", "length of one operation at one figure", 1, 600, 6);

    static final Setting<Duration> WARM_UP =
            Setting.seconds("warm_up", "length of the warm-up", 0, 600, 15);

    static final Setting<Long> MELTS =
            Setting.number("melts", "payments per round", "", 1, 10_000, 512);

    static final Setting<Optional<Path>> OUT =
            Setting.path("out", "folder of the results; without it bench/target/results");

    static final Setting<Long> ROWS =
            Setting.number(
                    "rows", "most spent proofs to fill in", "", 10_000, 10_000_000, 1_000_000);

    static final Setting<Optional<Path>> SVG =
            Setting.path(
                    "svg",
                    "file of the plot, `gateway`: folder of the plots; without it into the folder"
                            + " of the results");

    static final Setting<String> JVM =
            Setting.text("jvm", "more flags of the mint's virtual machine, with blanks", "");

    static final Setting<String> MINT =
            Setting.text("mint", "more flags of our mint, with blanks", "");

    static final Setting<String> GATEWAY_JVM =
            Setting.text(
                    "gateway_jvm", "more flags of the gateway's virtual machine, with blanks", "");

    static final Setting<List<String>> PARTS =
            new Setting<>(
                    "parts",
                    "what `gateway` measures",
                    "",
                    "some of idle, keyed, whole, streams, with commas",
                    "idle,keyed,whole,streams",
                    text -> Arrays.stream(text.split(",")).map(String::strip).toList());

    static final Setting<List<Integer>> GATEWAY_CLIENTS =
            new Setting<>(
                    "gateway_clients",
                    "clients of a gateway at once, one figure per round",
                    "",
                    "numbers from 1 to 1000, with commas",
                    "1,16,64",
                    BenchSettings::counts);

    static final Setting<List<Integer>> STREAMS =
            new Setting<>(
                    "streams",
                    "streams at once, one figure per round",
                    "",
                    "numbers from 1 to 1000, with commas",
                    "64,256,1000",
                    BenchSettings::counts);

    static final Setting<Duration> GATEWAY_PHASE =
            Setting.seconds("gateway_seconds", "length of one round of answers", 1, 600, 4);

    static final Setting<Duration> GATEWAY_WARM_UP =
            Setting.seconds("gateway_warm_up", "length of each program's warm-up", 1, 600, 5);

    static final Setting<String> GATEWAY =
            Setting.text("gateway", "more flags of our gateway, with blanks", "--float.kits=2000");

    private static final List<Setting<?>> TABLE =
            List.of(
                    URL,
                    PID,
                    CLIENTS,
                    OPERATIONS,
                    PHASE,
                    WARM_UP,
                    MELTS,
                    OUT,
                    ROWS,
                    SVG,
                    JVM,
                    MINT,
                    GATEWAY_JVM,
                    GATEWAY,
                    PARTS,
                    GATEWAY_CLIENTS,
                    STREAMS,
                    GATEWAY_PHASE,
                    GATEWAY_WARM_UP);

    private BenchSettings() {}

    static Settings read(List<String> flags) {
        return Settings.read(TABLE, "OWLRUN_BENCH_", Map.of(), flags);
    }

    static String help() {
        return Settings.markdown(TABLE);
    }

    static boolean isOwn(Settings settings) {
        return settings.get(URL).toString().equals(OWN);
    }

    static List<String> words(String text) {
        return Arrays.stream(text.split(" ")).filter(word -> !word.isBlank()).toList();
    }

    private static List<String> operations(String text) {
        List<String> chosen = Arrays.stream(text.split(",")).map(String::strip).toList();
        if (!LoadRun.OPERATIONS.containsAll(chosen)) {
            throw new IllegalArgumentException("out of bounds");
        }
        return chosen;
    }

    private static List<Integer> counts(String text) {
        List<Integer> counts =
                Arrays.stream(text.split(",")).map(String::strip).map(Integer::valueOf).toList();
        if (counts.isEmpty() || counts.stream().anyMatch(count -> count < 1 || count > 1000)) {
            throw new IllegalArgumentException("out of bounds");
        }
        return counts;
    }
}
