package me.owlrun.gateway.routing;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What a machine has earned over its life, whichever connection it has now. Used under the lock of
/// the [Router].
public final class Standing {

    private final RoutingRules rules;
    private final Health health;
    private final Breaker breaker;
    private final Map<String, Speed> speeds = new HashMap<>();
    private Duration online;
    private double karma = 1;

    /// @param days its health window, as it was kept
    /// @param online how long it was there in all
    public Standing(RoutingRules rules, List<Health.Day> days, Duration online) {
        this.rules = rules;
        this.health = new Health(rules.health(), days);
        this.breaker = new Breaker(rules.breaker());
        this.online = online;
    }

    Health health() {
        return health;
    }

    Breaker breaker() {
        return breaker;
    }

    /// How fast it is at a model.
    Speed speed(String model) {
        return speeds.computeIfAbsent(model, _ -> new Speed(rules.speed()));
    }

    /// The share of its declared rate that it has.
    double ramp() {
        return Ramp.share(rules.ramp(), online);
    }

    Duration online() {
        return online;
    }

    void online(Duration more, Instant now) {
        online = online.plus(more);
        health.online(more, now);
    }

    double karma() {
        return karma;
    }

    void karma(double factor) {
        karma = factor;
    }
}
