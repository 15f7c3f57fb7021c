package me.owlrun.agent.idle;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How long the user has been away, by the best way this machine offers: the first desktop source
/// that answers, and the terminals beside it, because a user may come by SSH as well. A source that
/// does not answer is asked again after a minute only. Used by one thread.
public final class UserIdle implements AutoCloseable {
    private static final Duration REST = Duration.ofSeconds(60);

    private final List<IdleSource> desktops;
    private final List<IdleSource> always;
    private final Map<IdleSource, Long> restUntilNanos = new HashMap<>();

    /// @param desktops in the order of trust; the first that answers counts
    /// @param always asked beside it; the shortest time counts
    UserIdle(List<IdleSource> desktops, List<IdleSource> always) {
        this.desktops = List.copyOf(desktops);
        this.always = List.copyOf(always);
    }

    /// What was found.
    ///
    /// @param away how long the user has been away; empty if there is no user here at all
    /// @param source the names of the sources that answered, for the owner
    public record Reading(Optional<Duration> away, String source) {
        /// Nobody to be seen, as on a server.
        public static final Reading NOBODY = new Reading(Optional.empty(), "none");
    }

    /// The sources of this machine.
    ///
    /// @param environment where the desktop session says how to reach it
    /// @param clock what the times of terminals are compared with
    public static UserIdle ofThisMachine(Map<String, String> environment, InstantSource clock) {
        String system = System.getProperty("os.name");
        if (system.startsWith("Mac")) {
            return new UserIdle(List.of(new MacIdle()), List.of());
        }
        if (system.startsWith("Windows")) {
            return new UserIdle(List.of(new WindowsIdle()), List.of());
        }
        return new UserIdle(
                List.of(
                        DesktopIdle.gnome(environment),
                        DesktopIdle.kde(environment),
                        new X11Idle(environment),
                        new LogindIdle(environment, clock)),
                List.of(TtyIdle.ofThisMachine(clock)));
    }

    /// Asks; takes seconds at most.
    public Reading read() throws InterruptedException {
        List<String> names = new ArrayList<>();
        Optional<Duration> least = Optional.empty();
        for (IdleSource source : desktops) {
            Optional<Duration> idle = ask(source);
            if (idle.isPresent()) {
                names.add(source.name());
                least = idle;
                break;
            }
        }
        for (IdleSource source : always) {
            Optional<Duration> idle = ask(source);
            if (idle.isPresent()) {
                names.add(source.name());
                least = least.filter(known -> known.compareTo(idle.get()) < 0).or(() -> idle);
            }
        }
        return least.isEmpty() ? Reading.NOBODY : new Reading(least, String.join(", ", names));
    }

    @Override
    public void close() {
        desktops.forEach(IdleSource::close);
        always.forEach(IdleSource::close);
    }

    private Optional<Duration> ask(IdleSource source) throws InterruptedException {
        Long until = restUntilNanos.get(source);
        if (until != null && until - System.nanoTime() > 0) {
            return Optional.empty();
        }
        Optional<Duration> idle = source.idle();
        if (idle.isEmpty()) {
            restUntilNanos.put(source, System.nanoTime() + REST.toNanos());
        }
        return idle;
    }
}
