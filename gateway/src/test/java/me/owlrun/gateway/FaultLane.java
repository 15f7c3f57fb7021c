package me.owlrun.gateway;

import me.owlrun.cashu.CurrencyUnit;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;

/// One buyer after another with a node of its own, so that many rounds of a fault can run at once
/// without meeting each other's nodes.
final class FaultLane implements AutoCloseable {

    private final FaultPlace place;
    private final String model;
    private final SplittableRandom random;
    private final CountDownLatch go;
    private final boolean blanks;
    private final FaultScript script;
    private TestNode node;

    /// @param number names its model
    /// @param go the sign, for scripts that wait for one
    /// @param blanks whether its buyers want their change in blanks
    FaultLane(
            FaultPlace place,
            int number,
            FaultScript script,
            SplittableRandom random,
            CountDownLatch go,
            boolean blanks) {
        this.place = place;
        this.model = "lane" + number + ":1b";
        this.script = script;
        this.random = random;
        this.go = go;
        this.blanks = blanks;
        this.node = connect();
    }

    private TestNode connect() {
        SplittableRandom own = random.split();
        return TestNode.connect(place.url(), List.of(model), (n, job) -> play(n, job, own));
    }

    private void play(TestNode player, String job, SplittableRandom own) {
        try {
            script.play(player, job, own, go);
        } catch (CompletionException | IllegalStateException e) {
            // The gateway or this node was killed: what it still says is lost, as in life.
        }
    }

    /// A new node, as after a restart of the gateway.
    void reconnect() {
        node.close();
        node = connect();
    }

    /// One round; what it gives can be collected at once or later.
    Begun buy(FaultBuyer.Patience patience) {
        CurrencyUnit unit = random.nextBoolean() ? CurrencyUnit.SAT : CurrencyUnit.MSAT;
        List<TestBlanks> wanted =
                blanks ? place.purse().blanks(unit, random.nextBoolean()) : List.of();
        FaultRound round = new FaultRound(place.purse(), place::url, unit, wanted);
        boolean stream = random.nextInt(3) > 0;
        FaultBuyer.Seen seen =
                FaultBuyer.buy(
                        place.url(),
                        round.token(),
                        TestBlanks.header(wanted),
                        model,
                        stream,
                        patience);
        return new Begun(round, seen);
    }

    /// A round whose request has ended.
    record Begun(FaultRound round, FaultBuyer.Seen seen) {}

    SplittableRandom random() {
        return random;
    }

    /// Whether its node has to be replaced before the next round.
    boolean nodeDies() {
        return script == FaultScript.DIES_BEFORE_FIRST_BYTE
                || script == FaultScript.DIES_AFTER_FIRST_BYTE;
    }

    @Override
    public void close() {
        node.close();
    }
}
