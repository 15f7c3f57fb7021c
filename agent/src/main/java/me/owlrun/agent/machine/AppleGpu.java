package me.owlrun.agent.machine;

import me.owlrun.agent.local.Command;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Apple's chips, whose GPU uses the machine's memory: as much of it as macOS lets the GPU have
/// counts (two thirds, three quarters from 36 GB on). By `sysctl` and `ioreg`, without root; macOS
/// tells neither temperature nor power without it.
final class AppleGpu implements Gpu {
    private static final Duration LIMIT = Duration.ofSeconds(3);
    private static final List<String> CHIP =
            List.of("/usr/sbin/sysctl", "-n", "hw.memsize", "machdep.cpu.brand_string");
    private static final List<String> ACCELERATOR =
            List.of("/usr/sbin/ioreg", "-r", "-d", "1", "-c", "IOAccelerator");
    private static final Pattern UTIL =
            Pattern.compile("\"Device Utilization %\"\\s*=\\s*(\\d{1,3})\\b");
    private static final Pattern IN_USE =
            Pattern.compile("\"In use system memory\"\\s*=\\s*(\\d{1,15})\\b");
    private static final long BYTES_PER_MB = 1L << 20;
    private static final long LARGE_MB = 36 * 1_024L;

    private Optional<String> chip = Optional.empty();

    @Override
    public GpuReading read() throws InterruptedException {
        if (chip.isEmpty()) {
            chip = Command.output(CHIP, LIMIT);
        }
        String load = Command.output(ACCELERATOR, LIMIT).orElse("");
        return chip.map(text -> parse(text, load)).orElse(GpuReading.NONE);
    }

    /// @param chip memory in bytes, then the chip's name, a line each
    /// @param load what the accelerator's driver says
    static GpuReading parse(String chip, String load) {
        List<String> lines = chip.lines().toList();
        if (lines.size() < 2
                || !lines.getFirst().matches("\\d{9,15}")
                || !lines.get(1).startsWith("Apple")) {
            return GpuReading.NONE;
        }
        long memory = Long.parseLong(lines.getFirst()) / BYTES_PER_MB;
        long total = memory >= LARGE_MB ? memory * 3 / 4 : memory * 2 / 3;
        long used = first(IN_USE, load) / BYTES_PER_MB;
        return new GpuReading(
                lines.get(1),
                "apple",
                (int) total,
                (int) Math.max(0, total - used),
                true,
                (int) Math.min(100, first(UTIL, load)),
                0,
                BigDecimal.ZERO);
    }

    private static long first(Pattern pattern, String text) {
        Matcher match = pattern.matcher(text);
        return match.find() ? Long.parseLong(match.group(1)) : 0;
    }
}
