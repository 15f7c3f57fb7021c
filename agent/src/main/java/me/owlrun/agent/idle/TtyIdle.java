package me.owlrun.agent.idle;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Users at a terminal, over SSH or at the console: a terminal's access time is when something was
/// last typed there (what `w` shows as idle). The only source on hosts without a desktop.
///
/// @param folders where terminals are found
/// @param clock what their times are compared with
record TtyIdle(List<Path> folders, InstantSource clock) implements IdleSource {
    private static final Pattern TERMINAL = Pattern.compile("\\d+|tty\\d+|ttyS\\d+");

    static TtyIdle ofThisMachine(InstantSource clock) {
        return new TtyIdle(List.of(Path.of("/dev/pts"), Path.of("/dev")), clock);
    }

    @Override
    public String name() {
        return "terminal";
    }

    @Override
    public Optional<Duration> idle() {
        Optional<Instant> last =
                folders.stream()
                        .flatMap(folder -> lastTyped(folder).stream())
                        .max(Instant::compareTo);
        return last.map(when -> Duration.between(when, clock.instant()))
                .map(idle -> idle.isNegative() ? Duration.ZERO : idle);
    }

    private static Optional<Instant> lastTyped(Path folder) {
        Optional<Instant> last = Optional.empty();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (TERMINAL.matcher(file.getFileName().toString()).matches()) {
                    Instant typed =
                            ((FileTime) Files.getAttribute(file, "lastAccessTime")).toInstant();
                    last = last.filter(known -> known.isAfter(typed)).or(() -> Optional.of(typed));
                }
            }
        } catch (IOException goneOrAbsent) {
            return last;
        }
        return last;
    }
}
