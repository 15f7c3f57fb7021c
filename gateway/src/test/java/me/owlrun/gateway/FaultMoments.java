package me.owlrun.gateway;

import me.owlrun.mint.testing.ChildImage;

import java.time.Duration;
import java.util.SplittableRandom;

/// Kills the gateway of a place at chosen moments and starts the next one.
final class FaultMoments {

    /// Moves at once when the gateway is killed at random moments.
    static final int AT_ONCE = 10;

    private static final int MOMENT_MILLIS_MAX = 150;
    private static final Duration MOMENT_MAX = Duration.ofSeconds(90);

    private final FaultPlace place;
    private final ChildImage image;
    private final SplittableRandom random;

    FaultMoments(FaultPlace place, ChildImage image, long seed) {
        this.place = place;
        this.image = image;
        this.random = new SplittableRandom(seed);
    }

    private void kill() {
        place.kill();
        place.line().release();
        place.startChild(image, "none");
    }

    /// With so many requests of a kind, or their answers, held on the line.
    void killWith(FaultLine.Mode hold, String requests, int count) {
        FaultLine line = place.line();
        int wanted = line.held() + count;
        line.mode(hold, requests);
        Waiting.within(MOMENT_MAX, count + " held", () -> line.held() >= wanted);
        kill();
    }

    /// As soon as a query gives so many.
    void killWhen(String sql, long count) {
        Waiting.within(MOMENT_MAX, sql, () -> place.number(sql) >= count);
        kill();
    }

    /// As soon as a query gives so many, while something happens to requests of a kind.
    void killWhile(FaultLine.Mode mode, String requests, String sql, long count) {
        place.line().mode(mode, requests);
        killWhen(sql, count);
    }

    /// After a moment.
    void killSoon() {
        Waiting.rest(Duration.ofMillis(random.nextInt(MOMENT_MILLIS_MAX)));
        kill();
    }

    /// Two rows: every other answer of the mint is lost, or cut anywhere.
    void answers(FaultMoves moves, String what, String... requests) {
        for (String request : requests) {
            place.line().mode(FaultLine.Mode.LOSE, request);
        }
        moves.row(what + ", mint's answers lost", () -> {});
        for (String request : requests) {
            place.line().mode(FaultLine.Mode.CUT, request);
        }
        moves.row(what + ", mint's answers cut anywhere", () -> {});
        place.line().release();
    }
}
