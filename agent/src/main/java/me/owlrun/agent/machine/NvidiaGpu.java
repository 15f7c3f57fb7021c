package me.owlrun.agent.machine;

import java.io.IOException;
import java.lang.System.Logger;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// NVIDIA's GPUs by `nvidia-smi`. Several GPUs are reported as one: memory and power summed, the
/// highest load and temperature, the name of the first.
final class NvidiaGpu implements Gpu {
    private static final Logger LOG = System.getLogger(NvidiaGpu.class.getName());
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final int OUTPUT_BYTES_MAX = 64 << 10;
    private static final int FIELDS = 6;
    private static final Pattern COMMA = Pattern.compile(",");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,7}(\\.\\d{1,3})?");

    private final List<String> command;
    private boolean missing;

    /// @param program the tool's name or path
    NvidiaGpu(String program) {
        this.command =
                List.of(
                        program,
                        "--query-gpu=name,memory.total,memory.free,utilization.gpu,"
                                + "temperature.gpu,power.draw",
                        "--format=csv,noheader,nounits");
    }

    @Override
    public GpuReading read() throws InterruptedException {
        if (missing) {
            return GpuReading.NONE;
        }
        return run().flatMap(NvidiaGpu::parse).orElse(GpuReading.NONE);
    }

    /// Reads the tool's lines; fields it does not know, such as `[N/A]`, count 0.
    static Optional<GpuReading> parse(String output) {
        List<List<String>> gpus =
                output.lines()
                        .map(line -> COMMA.splitAsStream(line).map(String::strip).toList())
                        .filter(fields -> fields.size() == FIELDS)
                        .toList();
        if (gpus.isEmpty()) {
            return Optional.empty();
        }
        int total = gpus.stream().mapToInt(fields -> whole(fields.get(1))).sum();
        return Optional.of(
                new GpuReading(
                        gpus.getFirst().getFirst(),
                        "nvidia",
                        total,
                        gpus.stream().mapToInt(fields -> whole(fields.get(2))).sum(),
                        total > 0,
                        gpus.stream().mapToInt(fields -> whole(fields.get(3))).max().orElse(0),
                        gpus.stream().mapToInt(fields -> whole(fields.get(4))).max().orElse(0),
                        gpus.stream()
                                .map(fields -> number(fields.get(5)))
                                .reduce(BigDecimal.ZERO, BigDecimal::add)));
    }

    private Optional<String> run() throws InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException notThere) {
            missing = true;
            LOG.log(Logger.Level.INFO, "No NVIDIA GPU found: {0} is not here.", command.getFirst());
            return Optional.empty();
        }
        try {
            return output(process);
        } finally {
            process.destroyForcibly();
        }
    }

    /// The output is a few lines and fits the pipe, so waiting before reading cannot block.
    private static Optional<String> output(Process process) throws InterruptedException {
        boolean ended = process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        if (!ended || process.exitValue() != 0) {
            return Optional.empty();
        }
        try {
            byte[] octets = process.getInputStream().readNBytes(OUTPUT_BYTES_MAX);
            return Optional.of(new String(octets, StandardCharsets.UTF_8));
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    private static int whole(String field) {
        return number(field).intValue();
    }

    private static BigDecimal number(String field) {
        return NUMBER.matcher(field).matches() ? new BigDecimal(field) : BigDecimal.ZERO;
    }
}
