package me.owlrun.gateway.trust;

import me.owlrun.gateway.job.NodeIdentity;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// Notes what speaks against nodes and draws the consequences: enough points, or too many jobs lost
/// in an hour, and the node gets no jobs. Points stay until they fade or the operator clears them;
/// the rest after lost jobs ends by itself.
public final class TrustBook {

    private static final System.Logger LOG = System.getLogger(TrustBook.class.getName());
    private static final int RESTED_MAX = 100;

    private final TrustStore store;
    private final TrustRules rules;
    private final Warden warden;
    private final InstantSource clock;

    /// @param warden takes nodes out of the market
    public TrustBook(TrustStore store, TrustRules rules, Warden warden, InstantSource clock) {
        this.store = store;
        this.rules = rules;
        this.warden = warden;
        this.clock = clock;
    }

    /// Notes a sign against a node.
    ///
    /// @param detail what the operator may know of it; never a prompt or an answer
    public void note(NodeIdentity node, Sign sign, String detail) {
        act(node, sign, store.note(node, sign, detail, clock.instant()));
    }

    /// Notes how a node answered a question whose answer is known.
    ///
    /// @param kind of the question
    /// @param fairBySizeMilli the share of wrong answers that is fair for the model's size
    public void judged(
            NodeIdentity node, String model, String kind, boolean wrong, long fairBySizeMilli) {
        store.judged(
                        new TrustStore.Canary(node, model, kind, wrong, fairBySizeMilli),
                        clock.instant())
                .ifPresent(points -> act(node, Sign.CANARY, points));
    }

    private void act(NodeIdentity node, Sign sign, long pointsMilli) {
        LOG.log(
                System.Logger.Level.INFO,
                "node {0}: sign {1}, points {2}",
                node,
                sign.text(),
                Long.toString(pointsMilli / Suspicion.MILLI));
        if (pointsMilli >= rules.putAwayPoints() * Suspicion.MILLI) {
            warden.putAway(node, Warden.PREFIX + sign.words() + " Please write to the operator.");
            warden.forfeit(node, Warden.PREFIX + sign.words());
        }
    }

    /// Notes that a node took a job and lost it.
    public void dropped(NodeIdentity node) {
        Instant now = clock.instant();
        long drops = store.dropped(node, now);
        if (rules.dropsPerHour() == 0 || drops <= rules.dropsPerHour()) {
            return;
        }
        Instant until = now.plus(rules.dropRest()).truncatedTo(ChronoUnit.SECONDS);
        store.rest(node, Optional.of(until), now);
        warden.putAway(
                node,
                "%s%s %d in the last hour; jobs come again at %s."
                        .formatted(Warden.PREFIX, Sign.DROPPED.words(), drops, until));
    }

    /// Lets nodes back whose rest is over.
    void endRests() {
        Instant now = clock.instant();
        for (TrustStore.State state : store.rested(now, RESTED_MAX)) {
            store.rest(state.node(), Optional.empty(), now);
            if (store.points(state, now) < rules.putAwayPoints() * Suspicion.MILLI) {
                warden.letBack(state.node());
            }
        }
    }

    /// Forgets what speaks against a node and lets it back.
    void clear(NodeIdentity node) {
        store.clear(node, clock.instant());
        warden.letBack(node);
    }
}
