package me.owlrun.agent.machine;

import java.math.BigDecimal;
import java.util.List;

/// What the GPU looked like a moment ago. Unknown figures are 0.
///
/// @param name its product name, or a word for the processor if there is none
/// @param vendor `nvidia`, `amd`, `apple` or `cpu`
/// @param vramTotalMb video memory in MB
/// @param vramFreeMb free video memory in MB
/// @param vramExact whether the memory was measured, not guessed
/// @param utilPct load in percent
/// @param tempCelsius temperature
/// @param powerWatts power draw
public record GpuReading(
        String name,
        String vendor,
        int vramTotalMb,
        int vramFreeMb,
        boolean vramExact,
        int utilPct,
        int tempCelsius,
        BigDecimal powerWatts) {
    /// A machine without a GPU that we know how to read.
    public static final GpuReading NONE =
            new GpuReading("CPU", "cpu", 0, 0, true, 0, 0, BigDecimal.ZERO);

    /// Whether free memory is known, so that a job can be refused for want of it.
    public boolean measuresVram() {
        return vramExact && vramTotalMb > 0;
    }

    /// Several GPUs as one: memory and power summed, the highest load and temperature, the first's
    /// name.
    static GpuReading sum(List<GpuReading> cards) {
        if (cards.isEmpty()) {
            return NONE;
        }
        GpuReading first = cards.getFirst();
        int total = cards.stream().mapToInt(GpuReading::vramTotalMb).sum();
        return new GpuReading(
                first.name(),
                first.vendor(),
                total,
                cards.stream().mapToInt(GpuReading::vramFreeMb).sum(),
                total > 0,
                cards.stream().mapToInt(GpuReading::utilPct).max().orElse(0),
                cards.stream().mapToInt(GpuReading::tempCelsius).max().orElse(0),
                cards.stream()
                        .map(GpuReading::powerWatts)
                        .reduce(BigDecimal.ZERO, BigDecimal::add));
    }
}
