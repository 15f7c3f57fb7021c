package me.owlrun.agent.machine;

import me.owlrun.agent.local.Command;

import java.lang.System.Logger;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// NVIDIA's GPUs by `nvidia-smi`. Several GPUs are reported as one: memory and power summed, the
/// highest load and temperature, the name of the first.
final class NvidiaGpu implements Gpu {
    private static final Logger LOG = System.getLogger(NvidiaGpu.class.getName());
    private static final Duration LIMIT = Duration.ofSeconds(5);
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
        List<GpuReading> gpus =
                output.lines()
                        .map(line -> COMMA.splitAsStream(line).map(String::strip).toList())
                        .filter(fields -> fields.size() == FIELDS)
                        .map(NvidiaGpu::one)
                        .toList();
        return gpus.isEmpty() ? Optional.empty() : Optional.of(GpuReading.sum(gpus));
    }

    private static GpuReading one(List<String> fields) {
        int total = whole(fields.get(1));
        return new GpuReading(
                fields.getFirst(),
                "nvidia",
                total,
                whole(fields.get(2)),
                total > 0,
                whole(fields.get(3)),
                whole(fields.get(4)),
                number(fields.get(5)));
    }

    private Optional<String> run() throws InterruptedException {
        return switch (Command.run(command, LIMIT)) {
            case Command.Outcome.Printed(String output) -> Optional.of(output);
            case Command.Outcome.Failed() -> Optional.empty();
            case Command.Outcome.Missing() -> {
                missing = true;
                LOG.log(Logger.Level.INFO, "No NVIDIA GPU: {0} is not here.", command.getFirst());
                yield Optional.empty();
            }
        };
    }

    private static int whole(String field) {
        return number(field).intValue();
    }

    private static BigDecimal number(String field) {
        return NUMBER.matcher(field).matches() ? new BigDecimal(field) : BigDecimal.ZERO;
    }
}
