package me.owlrun.agent.idle;

import me.owlrun.agent.local.DBus;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// GNOME's and KDE's own word for how long the user is away, on X11 and Wayland alike, asked over
/// the session bus.
final class DesktopIdle implements IdleSource {
    private static final Duration LIMIT = Duration.ofSeconds(1);
    private static final DBus.Method GNOME =
            new DBus.Method(
                    "org.gnome.Mutter.IdleMonitor",
                    "/org/gnome/Mutter/IdleMonitor/Core",
                    "org.gnome.Mutter.IdleMonitor",
                    "GetIdletime");
    private static final DBus.Method KDE =
            new DBus.Method(
                    "org.freedesktop.ScreenSaver",
                    "/ScreenSaver",
                    "org.freedesktop.ScreenSaver",
                    "GetSessionIdleTime");

    private final String name;
    private final DBus.Method method;
    private final Optional<String> address;
    private Optional<DBus> bus = Optional.empty();

    private DesktopIdle(String name, DBus.Method method, Optional<String> address) {
        this.name = name;
        this.method = method;
        this.address = address;
    }

    static DesktopIdle gnome(Map<String, String> environment) {
        return new DesktopIdle("gnome", GNOME, sessionBus(environment));
    }

    static DesktopIdle kde(Map<String, String> environment) {
        return new DesktopIdle("kde", KDE, sessionBus(environment));
    }

    /// The session bus's address: as the session says, or where systemd puts it.
    private static Optional<String> sessionBus(Map<String, String> environment) {
        return Optional.ofNullable(environment.get("DBUS_SESSION_BUS_ADDRESS"))
                .or(() ->
                        Optional.ofNullable(environment.get("XDG_RUNTIME_DIR"))
                                .map(folder -> "unix:path=" + folder + "/bus"));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Optional<Duration> idle() {
        if (address.isEmpty()) {
            return Optional.empty();
        }
        try {
            if (bus.isEmpty()) {
                bus = Optional.of(DBus.open(address.get(), LIMIT));
            }
            List<Object> answer = bus.get().call(method);
            return !answer.isEmpty() && answer.getFirst() instanceof Long millis && millis >= 0
                    ? Optional.of(Duration.ofMillis(millis))
                    : Optional.empty();
        } catch (IOException notHere) {
            close();
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        try {
            if (bus.isPresent()) {
                bus.get().close();
            }
        } catch (IOException gone) {
            // It is closed, which was wanted.
        } finally {
            bus = Optional.empty();
        }
    }
}
