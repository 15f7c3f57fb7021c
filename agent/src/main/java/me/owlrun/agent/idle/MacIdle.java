package me.owlrun.agent.idle;

import me.owlrun.agent.local.Command;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// macOS: the input system's own idle time, from `ioreg`.
final class MacIdle implements IdleSource {
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final List<String> COMMAND =
            List.of("/usr/sbin/ioreg", "-c", "IOHIDSystem", "-d", "4");
    private static final Pattern IDLE_NANOS =
            Pattern.compile("\"HIDIdleTime\"\\s*=\\s*(\\d{1,18})\\b");

    @Override
    public String name() {
        return "macos";
    }

    @Override
    public Optional<Duration> idle() throws InterruptedException {
        return Command.output(COMMAND, LIMIT).flatMap(MacIdle::parse);
    }

    static Optional<Duration> parse(String output) {
        Matcher match = IDLE_NANOS.matcher(output);
        return match.find()
                ? Optional.of(Duration.ofNanos(Long.parseLong(match.group(1))))
                : Optional.empty();
    }
}
