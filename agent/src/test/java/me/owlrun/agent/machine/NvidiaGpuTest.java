package me.owlrun.agent.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/// What `nvidia-smi` prints, in its odd forms, and a tool that is missing or fails.
final class NvidiaGpuTest {
    @TempDir private Path folder;

    @Test
    void parse_oneGpu_readsEveryField() {
        GpuReading gpu =
                NvidiaGpu.parse("NVIDIA GeForce RTX 4090, 24576, 22000, 12, 52, 145.20\n")
                        .orElseThrow();
        assertEquals("NVIDIA GeForce RTX 4090", gpu.name());
        assertEquals("nvidia", gpu.vendor());
        assertEquals(24576, gpu.vramTotalMb());
        assertEquals(22000, gpu.vramFreeMb());
        assertEquals(12, gpu.utilPct());
        assertEquals(52, gpu.tempCelsius());
        assertEquals(new BigDecimal("145.20"), gpu.powerWatts());
        assertTrue(gpu.measuresVram());
    }

    @Test
    void parse_twoGpus_sumsAndTakesTheHighest() {
        GpuReading gpu =
                NvidiaGpu.parse("A, 100, 40, 10, 50, 1.5\nB, 200, 50, 90, 40, [N/A]\n")
                        .orElseThrow();
        assertEquals("A", gpu.name());
        assertEquals(300, gpu.vramTotalMb());
        assertEquals(90, gpu.vramFreeMb());
        assertEquals(90, gpu.utilPct());
        assertEquals(50, gpu.tempCelsius());
        assertEquals(new BigDecimal("1.5"), gpu.powerWatts());
    }

    @Test
    void parse_gpuWithoutItsOwnMemory_doesNotMeasureIt() {
        GpuReading gpu =
                NvidiaGpu.parse("GB10, [N/A], [Not Supported], 3, [N/A], [N/A]").orElseThrow();
        assertFalse(gpu.measuresVram());
        assertEquals(3, gpu.utilPct());
    }

    @Test
    void parse_anythingElse_isNoGpu() {
        for (String output : new String[] {"", "No devices were found\n", "a, b\n"}) {
            assertEquals(Optional.empty(), NvidiaGpu.parse(output));
        }
    }

    @Test
    void read_withAToolThatWorksFailsOrIsMissing_neverFails() throws Exception {
        assertEquals(300, new NvidiaGpu(tool("echo A, 300, 1, 2, 3, 4.5")).read().vramTotalMb());
        assertEquals(GpuReading.NONE, new NvidiaGpu(tool("exit 9")).read());
        NvidiaGpu missing = new NvidiaGpu(folder.resolve("nothing").toString());
        assertEquals(GpuReading.NONE, missing.read());
        assertEquals(GpuReading.NONE, missing.read());
    }

    private String tool(String line) throws IOException {
        Path tool = folder.resolve("smi-" + Integer.toHexString(line.hashCode()));
        Files.writeString(tool, "#!/bin/sh\n" + line + "\n");
        Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwx------"));
        return tool.toString();
    }
}
