package me.owlrun.agent.machine;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// AMD's GPUs by the files of Linux's own driver: nothing to install, no right needed. Several are
/// reported as one: memory and power summed, the highest load and temperature, the first's name.
/// Integrated graphics with less than a gigabyte of their own do not count.
///
/// @param drm the folder of the graphics cards
record AmdGpu(Path drm) implements Gpu {
    private static final Pattern CARD = Pattern.compile("card\\d+");
    private static final String AMD = "0x1002";
    private static final long BYTES_PER_MB = 1L << 20;
    private static final int LEAST_MB = 1_024;
    private static final BigDecimal MICROWATTS_PER_WATT = new BigDecimal(1_000_000);

    @Override
    public GpuReading read() {
        List<GpuReading> cards = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(drm)) {
            for (Path card : folders) {
                if (CARD.matcher(card.getFileName().toString()).matches()) {
                    one(card.resolve("device")).ifPresent(cards::add);
                }
            }
        } catch (IOException absent) {
            return GpuReading.NONE;
        }
        return GpuReading.sum(cards);
    }

    private static Optional<GpuReading> one(Path device) throws IOException {
        if (!text(device.resolve("vendor")).equals(Optional.of(AMD))) {
            return Optional.empty();
        }
        long total = number(device.resolve("mem_info_vram_total")) / BYTES_PER_MB;
        long used = number(device.resolve("mem_info_vram_used")) / BYTES_PER_MB;
        if (total < LEAST_MB || total > Integer.MAX_VALUE) {
            return Optional.empty();
        }
        Path sensors = sensors(device);
        long average = number(sensors.resolve("power1_average"));
        long power = average > 0 ? average : number(sensors.resolve("power1_input"));
        return Optional.of(
                new GpuReading(
                        text(device.resolve("product_name")).orElse("AMD GPU"),
                        "amd",
                        (int) total,
                        (int) Math.max(0, total - used),
                        true,
                        (int) Math.min(100, number(device.resolve("gpu_busy_percent"))),
                        (int) (number(sensors.resolve("temp1_input")) / 1_000),
                        BigDecimal.valueOf(power).divide(MICROWATTS_PER_WATT)));
    }

    /// The card's only sensor folder, `hwmon/hwmonN`.
    private static Path sensors(Path device) throws IOException {
        Path folder = device.resolve("hwmon");
        if (!Files.isDirectory(folder)) {
            return folder;
        }
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(folder)) {
            for (Path sensor : folders) {
                return sensor;
            }
        }
        return folder;
    }

    private static long number(Path file) {
        return text(file)
                .filter(digits -> digits.matches("\\d{1,18}"))
                .map(Long::valueOf)
                .orElse(0L);
    }

    private static Optional<String> text(Path file) {
        try {
            String text = Files.readString(file).strip();
            return text.isEmpty() ? Optional.empty() : Optional.of(text);
        } catch (IOException absent) {
            return Optional.empty();
        }
    }
}
