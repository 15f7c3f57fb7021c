package me.owlrun.gateway.job;

import me.owlrun.gateway.routing.Ending;
import me.owlrun.gateway.routing.RoutingRules;
import me.owlrun.gateway.routing.Speed;
import me.owlrun.gateway.routing.Standing;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What machines have earned, kept beyond their connections. Only [#of] may wait for a database;
/// the rest is called when jobs end.
public interface Standings {

    /// What a machine has earned; the same object as long as it is in use.
    Standing of(NodeIdentity node);

    /// A job of a machine ended.
    ///
    /// @param speed what is known of its speed at this work now
    void ended(NodeIdentity node, String work, Ending.Kind kind, Optional<Speed.Known> speed);

    /// A probe was answered, well or not.
    void probed(NodeIdentity node, boolean passed);

    /// A machine was online for some more time.
    void online(NodeIdentity node, Duration more);

    /// Keeps nothing; every machine begins anew with each connection.
    static Standings forgetful(RoutingRules rules) {
        return new Standings() {
            @Override
            public Standing of(NodeIdentity node) {
                return new Standing(rules, List.of(), Duration.ZERO);
            }

            @Override
            public void ended(
                    NodeIdentity node,
                    String work,
                    Ending.Kind kind,
                    Optional<Speed.Known> speed) {}

            @Override
            public void probed(NodeIdentity node, boolean passed) {}

            @Override
            public void online(NodeIdentity node, Duration more) {}
        };
    }
}
