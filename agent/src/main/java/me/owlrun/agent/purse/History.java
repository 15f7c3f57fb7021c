package me.owlrun.agent.purse;

import java.time.Clock;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What was earned in each part of a period that ends now, in the machine's own time.
public record History(List<Bucket> buckets) {
    /// One part.
    ///
    /// @param label when it begins, for people
    /// @param start when it begins
    public record Bucket(String label, ZonedDateTime start, long jobs, long tokens, long msats) {}

    /// Sums up a period.
    ///
    /// @param period `24h`, `7d`, `30d` or `1y`; anything else is `24h`
    public static History of(List<Journal.Entry> entries, String period, Clock clock) {
        return switch (period) {
            case "7d" -> of(entries, 7, ChronoUnit.DAYS, "EEE d", clock);
            case "30d" -> of(entries, 30, ChronoUnit.DAYS, "d MMM", clock);
            case "1y" -> of(entries, 12, ChronoUnit.MONTHS, "MMM yy", clock);
            default -> of(entries, 24, ChronoUnit.HOURS, "HH:00", clock);
        };
    }

    private static History of(
            List<Journal.Entry> entries, int count, ChronoUnit unit, String form, Clock clock) {
        ZonedDateTime now = ZonedDateTime.ofInstant(clock.instant(), clock.getZone());
        ZonedDateTime current =
                unit == ChronoUnit.MONTHS
                        ? now.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1)
                        : now.truncatedTo(unit);
        DateTimeFormatter label = DateTimeFormatter.ofPattern(form, Locale.ENGLISH);
        List<Bucket> buckets = new ArrayList<>();
        for (int back = count - 1; back >= 0; back--) {
            ZonedDateTime start = current.minus(back, unit);
            buckets.add(bucket(entries, start, start.plus(1, unit), label.format(start)));
        }
        return new History(buckets);
    }

    private static Bucket bucket(
            List<Journal.Entry> entries, ZonedDateTime from, ZonedDateTime to, String label) {
        long jobs = 0;
        long tokens = 0;
        long msats = 0;
        for (Journal.Entry entry : entries) {
            if (!entry.time().isBefore(from.toInstant()) && entry.time().isBefore(to.toInstant())) {
                jobs++;
                tokens = Math.addExact(tokens, entry.tokens());
                msats = Math.addExact(msats, entry.earned().value());
            }
        }
        return new Bucket(label, from, jobs, tokens, msats);
    }
}
