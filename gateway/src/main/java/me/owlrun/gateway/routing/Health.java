package me.owlrun.gateway.routing;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// The rolling health window of one node: outcomes, probes and online time by day (seed `002`). Its
/// score is between 0 and 1; a newcomer has neither the best nor the worst:
///
/// `h = (successes + p · passed + 1) / (all outcomes + p · all probes + 2)`, `u = online time /
/// window`, `score = a · h + (1 − a) · u`.
public final class Health {

    private static final double PERCENT = 100.0;
    private static final double PRIOR_GOOD = 1;
    private static final double PRIOR_ALL = 2;

    private final RoutingRules.HealthRules rules;
    private final Deque<Bucket> days = new ArrayDeque<>();

    /// What happened on one day, UTC.
    ///
    /// @param neutral jobs that say nothing about the node
    public record Day(
            LocalDate date,
            int successes,
            int failures,
            int neutral,
            int probesPassed,
            int probesFailed,
            Duration online) {}

    /// What can happen to a job or a probe.
    public enum Event {
        /// The job was done.
        SUCCESS,
        /// The node is to blame.
        FAILURE,
        /// The buyer is, or nobody.
        NEUTRAL,
        /// A probe of ours was answered well.
        PROBE_PASSED,
        /// A probe of ours was not.
        PROBE_FAILED
    }

    /// @param days what is known already, oldest first
    public Health(RoutingRules.HealthRules rules, List<Day> days) {
        this.rules = rules;
        days.forEach(day -> this.days.addLast(new Bucket(day)));
    }

    /// The counts of one day.
    private static final class Bucket {

        private final LocalDate date;
        private int successes;
        private int failures;
        private int neutral;
        private int probesPassed;
        private int probesFailed;
        private Duration online;

        private Bucket(Day day) {
            date = day.date();
            successes = day.successes();
            failures = day.failures();
            neutral = day.neutral();
            probesPassed = day.probesPassed();
            probesFailed = day.probesFailed();
            online = day.online();
        }

        private void count(Event event) {
            switch (event) {
                case SUCCESS -> successes++;
                case FAILURE -> failures++;
                case NEUTRAL -> neutral++;
                case PROBE_PASSED -> probesPassed++;
                case PROBE_FAILED -> probesFailed++;
            }
        }

        private Day toDay() {
            return new Day(date, successes, failures, neutral, probesPassed, probesFailed, online);
        }
    }

    private Bucket today(Instant now) {
        LocalDate date = LocalDate.ofInstant(now, ZoneOffset.UTC);
        forget(date);
        if (days.isEmpty() || days.getLast().date.isBefore(date)) {
            days.addLast(new Bucket(new Day(date, 0, 0, 0, 0, 0, Duration.ZERO)));
        }
        return days.getLast();
    }

    private void forget(LocalDate today) {
        LocalDate first = today.minusDays(rules.days() - 1L);
        while (!days.isEmpty() && days.getFirst().date.isBefore(first)) {
            days.removeFirst();
        }
    }

    /// Something happened.
    public void add(Event event, Instant now) {
        today(now).count(event);
    }

    /// The node was online.
    public void online(Duration time, Instant now) {
        Bucket today = today(now);
        today.online = today.online.plus(time);
    }

    /// The days that count, oldest first; to be kept and given back.
    public List<Day> days(Instant now) {
        forget(LocalDate.ofInstant(now, ZoneOffset.UTC));
        return days.stream().map(Bucket::toDay).toList();
    }

    /// The score, 0 to 1.
    public double score(Instant now) {
        forget(LocalDate.ofInstant(now, ZoneOffset.UTC));
        double probe = rules.probePercent() / PERCENT;
        double good = PRIOR_GOOD;
        double all = PRIOR_ALL;
        Duration online = Duration.ZERO;
        for (Bucket day : days) {
            good += day.successes + probe * day.probesPassed;
            all += day.successes + day.failures;
            all += probe * (day.probesPassed + day.probesFailed);
            online = online.plus(day.online);
        }
        double there = online.toSeconds() / (double) Duration.ofDays(rules.days()).toSeconds();
        double outcome = rules.outcomePercent() / PERCENT;
        return outcome * good / all + (1 - outcome) * Math.min(1, there);
    }
}
