package me.owlrun.agent.idle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.agent.local.TestBus;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Every way to learn how long the user is away: D-Bus ones against a real bus, terminals against
/// files, macOS and Windows against what those systems say.
final class IdleSourcesTest {
    private static final Instant NOW = Instant.parse("2026-11-01T22:00:00Z");
    private static final InstantSource CLOCK = InstantSource.fixed(NOW);

    @TempDir private Path folder;
    private TestBus bus;

    @BeforeEach
    void startBus() throws IOException {
        bus = TestBus.start(folder);
    }

    @AfterEach
    void stopBus() {
        bus.close();
    }

    @Test
    void gnome_onTheBus_isAskedInMilliseconds() throws Exception {
        bus.serve("org.gnome.Mutter.IdleMonitor");
        bus.answer("GetIdletime", TestBus.Reply.uint64(61_500));
        try (IdleSource gnome = DesktopIdle.gnome(session())) {
            assertEquals(Optional.of(Duration.ofMillis(61_500)), gnome.idle());
            bus.answer("GetIdletime", TestBus.Reply.uint64(0));
            assertEquals(Optional.of(Duration.ZERO), gnome.idle());
        }
    }

    @Test
    void kde_onTheBus_isAskedInMilliseconds() throws Exception {
        bus.serve("org.freedesktop.ScreenSaver");
        bus.answer("GetSessionIdleTime", TestBus.Reply.uint32(4_000));
        try (IdleSource kde = DesktopIdle.kde(session())) {
            assertEquals(Optional.of(Duration.ofSeconds(4)), kde.idle());
        }
    }

    @Test
    void desktop_withoutItsServiceOrBus_saysNothing() throws Exception {
        try (IdleSource gnome = DesktopIdle.gnome(session());
                IdleSource kde = DesktopIdle.kde(Map.of("XDG_RUNTIME_DIR", "/nowhere"));
                IdleSource none = DesktopIdle.kde(Map.of())) {
            assertEquals(Optional.empty(), gnome.idle());
            assertEquals(Optional.empty(), kde.idle());
            assertEquals(Optional.empty(), none.idle());
        }
    }

    @Test
    void desktop_thatGoesAndComesBack_isAskedAgain() throws Exception {
        bus.serve("org.gnome.Mutter.IdleMonitor");
        bus.answer("GetIdletime", TestBus.Reply.uint64(1));
        try (IdleSource gnome = DesktopIdle.gnome(session())) {
            assertTrue(gnome.idle().isPresent());
            bus.close();
            assertEquals(Optional.empty(), gnome.idle());
            bus = TestBus.start(folder);
            bus.serve("org.gnome.Mutter.IdleMonitor");
            bus.answer("GetIdletime", TestBus.Reply.uint64(2));
            assertEquals(Optional.of(Duration.ofMillis(2)), gnome.idle());
        }
    }

    @Test
    void logind_withAUserSession_tellsSinceWhenItIsIdle() throws Exception {
        serveLogind("user", true);
        assertEquals(Optional.of(Duration.ofMinutes(12)), logind().idle());
        serveLogind("user", false);
        assertEquals(Optional.of(Duration.ZERO), logind().idle());
    }

    @Test
    void logind_withOnlyAGreeter_saysNothing() throws Exception {
        serveLogind("greeter", false);
        assertEquals(Optional.empty(), logind().idle());
    }

    @Test
    void terminal_lastTypedIn_counts() throws Exception {
        Path terminals = Files.createDirectory(folder.resolve("pts"));
        touch(terminals.resolve("0"), NOW.minusSeconds(900));
        touch(terminals.resolve("1"), NOW.minusSeconds(30));
        touch(terminals.resolve("ptmx"), NOW);
        IdleSource terminal = new TtyIdle(List.of(terminals, folder.resolve("absent")), CLOCK);
        assertEquals(Optional.of(Duration.ofSeconds(30)), terminal.idle());
        touch(terminals.resolve("1"), NOW.plusSeconds(3));
        assertEquals(Optional.of(Duration.ZERO), terminal.idle());
        assertEquals(
                Optional.empty(), new TtyIdle(List.of(folder.resolve("absent")), CLOCK).idle());
    }

    @Test
    void mac_ioreg_isRead() {
        String output =
                """
                +-o IOHIDSystem  <class IOHIDSystem, id 0x100000471, registered, matched, active>
                  |   "HIDParameters" = {"HIDKeyRepeat"=83333333}
                  |   "HIDIdleTime" = 615123456789
                """;
        assertEquals(Optional.of(Duration.ofNanos(615_123_456_789L)), MacIdle.parse(output));
        assertEquals(Optional.empty(), MacIdle.parse("+-o IOHIDSystem"));
    }

    @Test
    void windows_counts_surviveTheWrap() {
        assertEquals(Duration.ofMillis(5), WindowsIdle.between(10, 15));
        assertEquals(Duration.ofMillis(20), WindowsIdle.between(-10, 10));
        assertEquals(
                Duration.ofMillis(2),
                WindowsIdle.between(Integer.MAX_VALUE, Integer.MIN_VALUE + 1));
        assertEquals(Optional.empty(), new WindowsIdle().idle(), "not on this system");
    }

    @Test
    void userIdle_takesTheFirstDesktopAndTheShorterTerminal() throws Exception {
        UserIdle user =
                new UserIdle(
                        List.of(said("a"), said("b", 100, 100), said("c", 1, 1)),
                        List.of(said("tty", 50, 500)));
        assertEquals(reading(50, "b, tty"), user.read());
        assertEquals(reading(100, "b, tty"), user.read());
        assertEquals(UserIdle.Reading.NOBODY, new UserIdle(List.of(), List.of()).read());
    }

    private static UserIdle.Reading reading(long seconds, String source) {
        return new UserIdle.Reading(Optional.of(Duration.ofSeconds(seconds)), source);
    }

    /// A source that says these times one after the other, then nothing.
    private static IdleSource said(String name, long... seconds) {
        ArrayDeque<Duration> times = new ArrayDeque<>();
        for (long one : seconds) {
            times.add(Duration.ofSeconds(one));
        }
        return new IdleSource() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Optional<Duration> idle() {
                return Optional.ofNullable(times.poll());
            }
        };
    }

    private void serveLogind(String kind, boolean idle) throws IOException {
        bus.close();
        bus = TestBus.start(folder);
        bus.answer(
                "ListSessions", TestBus.Reply.sessions("2", "/org/freedesktop/login1/session/2"));
        long since = NOW.minus(Duration.ofMinutes(12)).getEpochSecond() * 1_000_000;
        bus.answer(
                "GetAll",
                TestBus.Reply.properties(
                        Map.of(
                                "Class", kind,
                                "State", "active",
                                "IdleHint", idle,
                                "IdleSinceHint", since)));
        bus.serve("org.freedesktop.login1");
    }

    private IdleSource logind() {
        return new LogindIdle(Map.of("DBUS_SYSTEM_BUS_ADDRESS", bus.address()), CLOCK);
    }

    private Map<String, String> session() {
        return Map.of("DBUS_SESSION_BUS_ADDRESS", bus.address() + ",guid=00");
    }

    private static void touch(Path file, Instant typed) throws IOException {
        if (Files.notExists(file)) {
            Files.createFile(file);
        }
        Files.setAttribute(file, "lastAccessTime", FileTime.from(typed));
    }
}
