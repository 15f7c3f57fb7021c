package me.owlrun.agent.watch;

import java.time.DayOfWeek;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The hours of the week in which the node may work, such as `22:00-07:00` or `mon-fri 22:00-07:00,
/// sat-sun 00:00-24:00`, in the machine's own time. A window that ends before it begins runs over
/// midnight and belongs to the day on which it began. None means always.
///
/// @param windows the windows
public record Schedule(List<Window> windows) {
    /// Without any limit.
    public static final Schedule ALWAYS = new Schedule(List.of());

    private static final int MINUTES_PER_DAY = 1_440;
    private static final Pattern WINDOW =
            Pattern.compile(
                    "(?:([a-z]{3})(?:-([a-z]{3}))?\\s+)?"
                            + "(\\d{2}):(\\d{2})\\s*-\\s*(\\d{2}):(\\d{2})");

    /// One window.
    ///
    /// @param days on which it begins
    /// @param from minute of the day
    /// @param to minute of the day; not after `from` means of the next day
    public record Window(Set<DayOfWeek> days, int from, int to) {
        private boolean holds(DayOfWeek day, int minute) {
            if (from < to) {
                return days.contains(day) && minute >= from && minute < to;
            }
            return (days.contains(day) && minute >= from)
                    || (days.contains(day.minus(1)) && minute < to);
        }
    }

    /// Reads the owner's text; empty if it is none.
    public static Optional<Schedule> parse(String text) {
        List<Window> windows = new ArrayList<>();
        for (String part : text.toLowerCase(Locale.ROOT).split(",", -1)) {
            Matcher match = WINDOW.matcher(part.strip());
            if (!match.matches()) {
                return Optional.empty();
            }
            Optional<Set<DayOfWeek>> days =
                    days(Optional.ofNullable(match.group(1)), Optional.ofNullable(match.group(2)));
            int from = minute(match.group(3), match.group(4));
            int to = minute(match.group(5), match.group(6));
            if (days.isEmpty() || from < 0 || from == MINUTES_PER_DAY || to < 0) {
                return Optional.empty();
            }
            windows.add(new Window(days.get(), from, to));
        }
        return Optional.of(new Schedule(windows));
    }

    /// Whether the node may work at this time.
    boolean allows(LocalDateTime time) {
        int minute = time.getHour() * 60 + time.getMinute();
        return windows.isEmpty()
                || windows.stream().anyMatch(window -> window.holds(time.getDayOfWeek(), minute));
    }

    private static int minute(String hours, String minutes) {
        int minute = Integer.parseInt(hours) * 60 + Integer.parseInt(minutes);
        return Integer.parseInt(minutes) < 60 && minute <= MINUTES_PER_DAY ? minute : -1;
    }

    /// The days a window begins on: none given are all, `fri-mon` goes over the week's end.
    private static Optional<Set<DayOfWeek>> days(Optional<String> first, Optional<String> last) {
        if (first.isEmpty()) {
            return Optional.of(EnumSet.allOf(DayOfWeek.class));
        }
        Optional<DayOfWeek> from = day(first.get());
        Optional<DayOfWeek> to = last.isEmpty() ? from : day(last.get());
        if (from.isEmpty() || to.isEmpty()) {
            return Optional.empty();
        }
        Set<DayOfWeek> days = EnumSet.of(from.get(), to.get());
        for (DayOfWeek day = from.get(); day != to.get(); day = day.plus(1)) {
            days.add(day);
        }
        return Optional.of(days);
    }

    private static Optional<DayOfWeek> day(String word) {
        return EnumSet.allOf(DayOfWeek.class).stream()
                .filter(day -> day.name().substring(0, 3).toLowerCase(Locale.ROOT).equals(word))
                .findFirst();
    }
}
