package me.owlrun.agent.machine;

import me.owlrun.agent.local.Command;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// AMD's GPUs by `rocm-smi`, for machines whose kernel does not show its files, such as containers.
/// Reads the tool's JSON by its pairs only: names differ between versions by their units.
final class RocmGpu implements Gpu {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Pattern CARD = Pattern.compile("\"(card\\d+)\"\\s*:\\s*\\{([^{}]*)}");
    private static final Pattern PAIR = Pattern.compile("\"([^\"]+)\"\\s*:\\s*\"([^\"]*)\"");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,15}(\\.\\d{1,6})?");
    private static final BigDecimal BYTES_PER_MB = new BigDecimal(1 << 20);

    private final List<String> command;
    private boolean missing;

    /// @param program the tool's name or path
    RocmGpu(String program) {
        this.command =
                List.of(
                        program,
                        "--showproductname",
                        "--showmeminfo",
                        "vram",
                        "--showuse",
                        "--showtemp",
                        "--showpower",
                        "--json");
    }

    @Override
    public GpuReading read() throws InterruptedException {
        if (missing) {
            return GpuReading.NONE;
        }
        return switch (Command.run(command, LIMIT)) {
            case Command.Outcome.Printed(String output) -> parse(output);
            case Command.Outcome.Failed() -> GpuReading.NONE;
            case Command.Outcome.Missing() -> {
                missing = true;
                yield GpuReading.NONE;
            }
        };
    }

    static GpuReading parse(String output) {
        List<GpuReading> cards = new ArrayList<>();
        Matcher card = CARD.matcher(output);
        while (card.find()) {
            Map<String, String> pairs = new TreeMap<>();
            Matcher pair = PAIR.matcher(card.group(2));
            while (pair.find()) {
                pairs.put(pair.group(1), pair.group(2));
            }
            int total = megabytes(pairs, "VRAM Total Memory (B)");
            int used = megabytes(pairs, "VRAM Total Used Memory (B)");
            cards.add(
                    new GpuReading(
                            name(pairs),
                            "amd",
                            total,
                            Math.max(0, total - used),
                            total > 0,
                            number(pairs, "GPU use (%)"::equals).intValue(),
                            number(pairs, key -> key.startsWith("Temperature")).intValue(),
                            number(pairs, key -> key.contains("Power (W)"))));
        }
        return GpuReading.sum(cards);
    }

    private static String name(Map<String, String> pairs) {
        String series = pairs.getOrDefault("Card Series", pairs.getOrDefault("Card series", ""));
        return series.isEmpty() ? "AMD GPU" : series;
    }

    private static int megabytes(Map<String, String> pairs, String key) {
        return number(pairs, key::equals).divideToIntegralValue(BYTES_PER_MB).intValue();
    }

    private static BigDecimal number(Map<String, String> pairs, Predicate<String> key) {
        return pairs.entrySet().stream()
                .filter(pair -> key.test(pair.getKey()))
                .map(Map.Entry::getValue)
                .filter(value -> NUMBER.matcher(value).matches())
                .map(BigDecimal::new)
                .findFirst()
                .orElse(BigDecimal.ZERO);
    }
}
