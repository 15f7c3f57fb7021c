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
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The machine's parts against trees of files as Linux makes them, and what tools print.
final class MachineTest {
    @TempDir private Path folder;

    @Test
    void amd_twoCardsInSysfs_areOne() throws IOException {
        card("card0", "0x1002", 17_163_091_968L, 1_073_741_824L);
        write("card0/device/gpu_busy_percent", "37");
        write("card0/device/product_name", "Radeon RX 7800 XT");
        write("card0/device/hwmon/hwmon4/temp1_input", "61000");
        write("card0/device/hwmon/hwmon4/power1_average", "145250000");
        card("card1", "0x1002", 8_573_157_376L, 0);
        write("card1/device/hwmon/hwmon5/power1_input", "10000000");
        card("card2", "0x8086", 17_163_091_968L, 0);
        card("card3", "0x1002", 536_870_912L, 0);
        Files.createDirectories(folder.resolve("card0-DP-1"));
        GpuReading reading = new AmdGpu(folder).read();
        assertEquals("amd", reading.vendor());
        assertEquals(16_368 + 8_176, reading.vramTotalMb());
        assertEquals(16_368 - 1_024 + 8_176, reading.vramFreeMb());
        assertEquals(37, reading.utilPct());
        assertEquals(61, reading.tempCelsius());
        assertEquals(0, new BigDecimal("155.25").compareTo(reading.powerWatts()));
        assertTrue(reading.vramExact());
        assertEquals(GpuReading.NONE, new AmdGpu(folder.resolve("absent")).read());
    }

    @Test
    void rocm_json_isRead() throws Exception {
        GpuReading reading =
                RocmGpu.parse(
                        """
                        {"card0": {"Temperature (Sensor edge) (C)": "45.0",
                         "Average Graphics Package Power (W)": "23.0", "GPU use (%)": "9",
                         "VRAM Total Memory (B)": "25753026560",
                         "VRAM Total Used Memory (B)": "1048576", "Card Series": "Navi 31"},
                         "system": {"Driver version": "6.7"}}
                        """);
        assertEquals(
                new GpuReading(
                        "Navi 31", "amd", 24_560, 24_559, true, 9, 45, new BigDecimal("23.0")),
                reading);
        assertEquals(GpuReading.NONE, RocmGpu.parse("WARNING: no AMD GPUs"));
        assertEquals(GpuReading.NONE, new RocmGpu("no-such-rocm").read());
    }

    @Test
    void apple_sysctlAndIoreg_areRead() {
        String load =
                "\"PerformanceStatistics\" = {\"In use system memory\"=1073741824,"
                        + "\"Device Utilization %\"=12,\"Tiler Utilization %\"=3}";
        GpuReading small = AppleGpu.parse("17179869184\nApple M2\n", load);
        assertEquals("Apple M2", small.name());
        assertEquals(10_922, small.vramTotalMb());
        assertEquals(9_898, small.vramFreeMb());
        assertEquals(12, small.utilPct());
        assertEquals(49_152, AppleGpu.parse("68719476736\nApple M3 Max\n", "").vramTotalMb());
        assertEquals(GpuReading.NONE, AppleGpu.parse("17179869184\nIntel(R) Core(TM)\n", load));
        assertEquals(GpuReading.NONE, AppleGpu.parse("", load));
    }

    @Test
    void firstGpu_staysWithTheKindItFound() throws Exception {
        GpuReading found = AppleGpu.parse("17179869184\nApple M2\n", "");
        Gpu gpu = new FirstGpu(List.of(() -> GpuReading.NONE, () -> found));
        assertEquals(found, gpu.read());
        assertEquals(found, gpu.read());
        assertEquals(GpuReading.NONE, new FirstGpu(List.of()).read());
    }

    @Test
    void battery_onlyTheSystemsOwn_counts() throws Exception {
        Battery battery = new Battery(folder);
        assertFalse(battery.isUsed());
        write("AC/online", "1");
        write("mouse/status", "Discharging");
        write("mouse/scope", "Device");
        write("BAT0/status", "Charging");
        assertFalse(battery.isUsed());
        write("BAT0/status", "Discharging");
        assertTrue(battery.isUsed());
        assertFalse(new Battery(folder.resolve("absent")).isUsed());
        assertTrue(Battery.macSays("Now drawing from 'Battery Power'"));
        assertFalse(Battery.macSays("Now drawing from 'AC Power'"));
    }

    @Test
    void programs_nativeAndWine_areFound() throws IOException {
        write("self/comm", "java");
        process("10", "bash", "/bin/bash");
        process("11", "wine64-preload", "/usr/bin/wine64-preloader\0Z:\\games\\EldenRing.exe\0-x");
        Programs programs = new Programs(folder);
        Set<String> wanted = Set.of("eldenring", "cs2");
        assertEquals(Optional.of("eldenring"), programs.running(wanted));
        process("12", "cs2", "/home/owl/.steam/cs2");
        assertEquals(Optional.of("cs2"), programs.running(wanted));
        assertEquals(Optional.empty(), programs.running(Set.of("factorio")));
    }

    @Test
    void programs_ofThisMachine_holdThisOne() {
        String self = Programs.name(ProcessHandle.current().info().command().orElseThrow());
        assertEquals(Optional.of(self), Programs.ofThisMachine().running(Set.of(self)));
        assertEquals(Optional.of(self), new Programs(folder.resolve("none")).running(Set.of(self)));
    }

    @Test
    void disk_ofAFolderThatIsNotThereYet_isItsParents() {
        Disk disk = Disk.of(folder.resolve("a/b"));
        assertTrue(disk.totalBytes() > disk.freeBytes() && disk.freeBytes() > 0);
        assertEquals(25, new Disk(folder, 400_000_000_000L, 100_000_000_000L).freePct());
        assertEquals(100, new Disk(folder, 0, 0).freePct());
        assertEquals(400, new Disk(folder, 400_000_000_000L, 0).totalGb());
    }

    private void card(String name, String vendor, long total, long used) throws IOException {
        write(name + "/device/vendor", vendor);
        write(name + "/device/mem_info_vram_total", Long.toString(total));
        write(name + "/device/mem_info_vram_used", Long.toString(used));
    }

    private void process(String id, String comm, String line) throws IOException {
        write(id + "/comm", comm);
        write(id + "/cmdline", line);
    }

    private void write(String path, String text) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text + "\n");
    }
}
