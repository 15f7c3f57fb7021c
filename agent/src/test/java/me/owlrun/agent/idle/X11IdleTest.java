package me.owlrun.agent.idle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// The idle time of a real X server with real input.
final class X11IdleTest {
    @TempDir private Path folder;
    private final Semaphore never = new Semaphore(0);

    @Test
    void idle_onARealServer_growsAndEndsWithAMovedMouse() throws Exception {
        try (TestScreen screen = TestScreen.start(folder);
                IdleSource x11 = new X11Idle(screen.environment())) {
            screen.touch();
            Duration grown = awaitAtLeast(x11, Duration.ofMillis(1_500));
            assertTrue(awaitLess(x11, screen, grown), "input ends idleness");
        }
    }

    @Test
    void idle_withoutThePasswordOrOnWayland_saysNothing() throws Exception {
        try (TestScreen screen = TestScreen.start(folder)) {
            Map<String, String> stranger = new HashMap<>(screen.environment());
            stranger.put("XAUTHORITY", folder.resolve("none").toString());
            assertEquals(Optional.empty(), new X11Idle(stranger).idle());
            Map<String, String> wayland = new HashMap<>(screen.environment());
            wayland.put("WAYLAND_DISPLAY", "wayland-0");
            assertEquals(Optional.empty(), new X11Idle(wayland).idle());
            Path broken = folder.resolve("broken");
            Files.write(broken, new byte[] {1, 0, 0, 9});
            stranger.put("XAUTHORITY", broken.toString());
            assertEquals(Optional.empty(), new X11Idle(stranger).idle());
        }
    }

    @Test
    void idle_whenTheServerEnds_saysNothingAndDoesNotHang() throws Exception {
        TestScreen screen = TestScreen.start(folder);
        try (IdleSource x11 = new X11Idle(screen.environment())) {
            assertTrue(x11.idle().isPresent());
            screen.close();
            assertEquals(Optional.empty(), x11.idle());
            assertEquals(Optional.empty(), x11.idle());
        } finally {
            screen.close();
        }
        assertEquals(Optional.empty(), new X11Idle(Map.of("DISPLAY", "far:1")).idle());
        assertEquals(Optional.empty(), new X11Idle(Map.of()).idle());
    }

    private Duration awaitAtLeast(IdleSource source, Duration wanted) throws Exception {
        long deadlineNanos = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (true) {
            Duration idle = source.idle().orElseThrow();
            if (idle.compareTo(wanted) >= 0) {
                return idle;
            }
            assertTrue(System.nanoTime() < deadlineNanos, () -> "idle for " + idle + " only");
            boolean _ = never.tryAcquire(50, TimeUnit.MILLISECONDS);
        }
    }

    private boolean awaitLess(IdleSource source, TestScreen screen, Duration than)
            throws Exception {
        for (int attempt = 0; attempt < 20; attempt++) {
            screen.touch();
            if (source.idle().orElseThrow().compareTo(than) < 0) {
                return true;
            }
        }
        return false;
    }
}
