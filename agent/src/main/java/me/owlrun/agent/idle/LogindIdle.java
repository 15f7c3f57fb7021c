package me.owlrun.agent.idle;

import me.owlrun.agent.local.DBus;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What systemd-logind knows of the users' sessions: the shortest time any of them is idle. Works
/// from a system service too. Desktops that never tell logind look as if their user never left, so
/// the desktops' own sources are asked first.
final class LogindIdle implements IdleSource {
    private static final Duration LIMIT = Duration.ofSeconds(1);
    private static final String DEFAULT_BUS = "unix:path=/run/dbus/system_bus_socket";
    private static final String LOGIN = "org.freedesktop.login1";
    private static final DBus.Method SESSIONS =
            new DBus.Method(LOGIN, "/org/freedesktop/login1", LOGIN + ".Manager", "ListSessions");

    private final String address;
    private final InstantSource clock;

    LogindIdle(Map<String, String> environment, InstantSource clock) {
        this.address = environment.getOrDefault("DBUS_SYSTEM_BUS_ADDRESS", DEFAULT_BUS);
        this.clock = clock;
    }

    @Override
    public String name() {
        return "logind";
    }

    @Override
    public Optional<Duration> idle() {
        try (DBus bus = DBus.open(address, LIMIT)) {
            Optional<Duration> least = Optional.empty();
            for (Object session : list(bus.call(SESSIONS))) {
                if (session instanceof List<?> fields && fields.getLast() instanceof String path) {
                    Optional<Duration> idle = idleOf(bus, path);
                    least = shorter(least, idle);
                }
            }
            return least;
        } catch (IOException notHere) {
            return Optional.empty();
        }
    }

    private Optional<Duration> idleOf(DBus bus, String path) throws IOException {
        DBus.Method properties =
                new DBus.Method(LOGIN, path, "org.freedesktop.DBus.Properties", "GetAll");
        Map<Object, Object> session = new HashMap<>();
        for (Object entry : list(bus.call(properties, LOGIN + ".Session"))) {
            if (entry instanceof List<?> pair) {
                session.put(pair.getFirst(), pair.getLast());
            }
        }
        if (!"user".equals(session.get("Class")) || "closing".equals(session.get("State"))) {
            return Optional.empty();
        }
        if (!Boolean.TRUE.equals(session.get("IdleHint"))) {
            return Optional.of(Duration.ZERO);
        }
        long sinceMicros = session.get("IdleSinceHint") instanceof Long micros ? micros : 0;
        Instant since = Instant.EPOCH.plus(sinceMicros, ChronoUnit.MICROS);
        Duration idle = Duration.between(since, clock.instant());
        return Optional.of(idle.isNegative() ? Duration.ZERO : idle);
    }

    private static List<?> list(List<Object> answer) {
        return !answer.isEmpty() && answer.getFirst() instanceof List<?> list ? list : List.of();
    }

    private static Optional<Duration> shorter(Optional<Duration> one, Optional<Duration> other) {
        return one.filter(time -> other.isEmpty() || time.compareTo(other.get()) < 0)
                .or(() -> other);
    }
}
