package me.owlrun.gateway.free;

import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.gateway.node.Karma;

import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;

/// Everybody's karma, added up by the clock, so that whoever asks does not wait for the database.
final class KarmaBook implements Karma, Runnable {

    private static final System.Logger LOG = System.getLogger(KarmaBook.class.getName());
    private static final double WHOLE_PERCENT = 100.0;

    private final FreeStore store;
    private final KarmaRules rules;
    private final Duration every;
    private final InstantSource clock;
    private final StopSignal stop;
    private final Standing nobody;
    private volatile Map<Long, Standing> standings = Map.of();

    KarmaBook(
            FreeStore store,
            KarmaRules rules,
            Duration every,
            InstantSource clock,
            StopSignal stop) {
        this.store = store;
        this.rules = rules;
        this.every = every;
        this.clock = clock;
        this.stop = stop;
        this.nobody = new Standing(0, rules.tier(0).name(), 0);
    }

    @Override
    public Standing of(long providerId) {
        return standings.getOrDefault(providerId, nobody);
    }

    @Override
    public double factorOf(long providerId) {
        return rules.tier(of(providerId).score()).weightPercent() / WHOLE_PERCENT;
    }

    /// How many providers have karma.
    int providers() {
        return standings.size();
    }

    /// Adds up until the gateway stops.
    @Override
    public void run() {
        do {
            try {
                refresh();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "karma was not added up", e);
            }
        } while (!stop.isStoppingWithin(every));
    }

    /// Adds up once.
    void refresh() {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        Map<Long, Standing> now = new HashMap<>();
        for (FreeStore.Day day : store.days(today.minusDays(rules.days()), today)) {
            Standing before = now.getOrDefault(day.providerId(), nobody);
            long score = Math.addExact(before.score(), rules.ofDay(day.karmaTokens()));
            now.put(
                    day.providerId(),
                    new Standing(
                            score,
                            rules.tier(score).name(),
                            Math.addExact(before.freeTierJobs(), day.jobs())));
        }
        standings = Map.copyOf(now);
    }
}
