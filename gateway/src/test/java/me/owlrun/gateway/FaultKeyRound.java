package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.UUID;

/// A job paid by a key: in the end the account has what it had, less what was delivered, and
/// nothing is held.
final class FaultKeyRound implements FaultRound {

    private static final Duration END_MAX = Duration.ofSeconds(90);
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);

    private final FaultPlace place;
    private final FaultAccount account;
    private final String name = UUID.randomUUID().toString();
    private final long beforeMsat;

    /// @param account of nobody else meanwhile
    FaultKeyRound(FaultPlace place, FaultAccount account) {
        this.place = place;
        this.account = account;
        this.beforeMsat = account.balanceMsat();
    }

    @Override
    public String headers() {
        return "Authorization: Bearer " + account.key() + "\r\nIdempotency-Key: " + name;
    }

    @Override
    public FaultTally.Outcome collect(FaultBuyer.Seen seen, boolean produced) {
        long start = System.nanoTime();
        boolean told = seen.text().contains("\"error\"");
        boolean answered = seen.status() == 200 && !told && hasEnd(seen.text());
        while (held() > 0) {
            if (System.nanoTime() - start > END_MAX.toNanos()) {
                throw new AssertionError("still held after " + seen.text());
            }
            Waiting.rest(LOOK_EVERY);
        }
        long cost = beforeMsat - account.balanceMsat();
        assertTrue(cost >= 0, "the gateway gave more than it got: " + -cost);
        boolean begun = charges() > 0;
        if (answered) {
            assertEquals(COST_MSAT, cost, "an answer was delivered");
        }
        long loss = (answered || produced) && cost == COST_MSAT ? 0 : cost;
        return new FaultTally.Outcome(way(answered, told, begun), System.nanoTime() - start, loss);
    }

    private static boolean hasEnd(String text) {
        return text.contains("data: [DONE]") || text.contains("\"cost_msats\"");
    }

    private static FaultTally.Way way(boolean answered, boolean told, boolean begun) {
        if (answered) {
            return FaultTally.Way.ANSWERED;
        }
        if (!begun) {
            return FaultTally.Way.UNTOUCHED;
        }
        return told ? FaultTally.Way.REFUNDED : FaultTally.Way.RECOVERED;
    }

    private long held() {
        return place.number(
                "SELECT count(*) FROM charge WHERE state = 'held' AND account_id = "
                        + account.id());
    }

    private long charges() {
        return place.number("SELECT count(*) FROM charge " + whichOne());
    }

    private String whichOne() {
        return "WHERE account_id = %d AND idempotency_key = encode(sha256('%s'), 'hex')"
                .formatted(account.id(), name);
    }
}
