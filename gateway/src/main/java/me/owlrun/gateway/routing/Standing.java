package me.owlrun.gateway.routing;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
        this(rules, days, online, Map.of());
    }

    /// @param days its health window, as it was kept
    /// @param online how long it was there in all
    /// @param speeds how fast it was at each kind of work
    public Standing(
            RoutingRules rules,
            List<Health.Day> days,
            Duration online,
            Map<String, Speed.Known> speeds) {
        this.rules = rules;
        speeds.forEach((work, known) -> this.speeds.put(work, new Speed(rules.speed(), known)));
        this.health = new Health(rules.health(), days);
        this.breaker = new Breaker(rules.breaker());
        this.online = online;
    }

    Health health() {
        return health;
    }

    /// Its score over the last days, 0 to 1.
    public double score(Instant now) {
        return health.score(now);
    }

    Breaker breaker() {
        return breaker;
    }

    /// How fast it is at a kind of work.
    Speed speed(String work) {
        return speeds.computeIfAbsent(work, _ -> new Speed(rules.speed()));
    }

    /// Forgets what it no longer does, so that names it makes up do not add up.
    void retain(Set<String> works) {
        speeds.keySet().retainAll(works);
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
