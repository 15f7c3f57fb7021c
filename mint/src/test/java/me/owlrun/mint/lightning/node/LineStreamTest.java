package me.owlrun.mint.lightning.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import me.owlrun.mint.lightning.LightningException;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Flow;

/// Lines out of pieces, asked for one after the other.
final class LineStreamTest {

    private static final Duration SHORT = Duration.ofMillis(20);

    private final LineStream stream = new LineStream(200);
    private final Demand demand = new Demand();

    /// Counts what is asked for.
    private static final class Demand implements Flow.Subscription {

        private int asked;
        private boolean cancelled;

        @Override
        public void request(long count) {
            asked += (int) count;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    private void send(String... pieces) {
        for (String piece : pieces) {
            stream.onNext(List.of(ByteBuffer.wrap(piece.getBytes(StandardCharsets.UTF_8))));
        }
    }

    @Test
    void next_piecesOfLines_areJoinedAndBlankOnesSkipped() {
        stream.onSubscribe(demand);
        send("{\"a\"", ":1}\n\n{\"b\":2}\n{", "\"c\":3}");
        stream.onComplete();
        assertEquals(Optional.of("{\"a\":1}"), stream.next(SHORT));
        assertEquals(Optional.of("{\"b\":2}"), stream.next(SHORT));
        assertEquals(Optional.of("{\"c\":3}"), stream.next(SHORT));
        assertEquals(Optional.empty(), stream.next(SHORT));
    }

    @Test
    void next_linesTaken_asksForMoreOnlyThen() {
        stream.onSubscribe(demand);
        assertEquals(1, demand.asked);
        send("one\ntwo\n");
        assertEquals(1, demand.asked);
        assertEquals(Optional.of("one"), stream.next(SHORT));
        assertEquals(Optional.of("two"), stream.next(SHORT));
        assertEquals(1, demand.asked);
        assertEquals(Optional.empty(), stream.next(SHORT));
        assertEquals(2, demand.asked);
        send("\n");
        assertEquals(3, demand.asked);
    }

    @Test
    void next_brokenConnection_throwsAfterWhatCameBefore() {
        stream.onSubscribe(demand);
        send("one\ntw");
        stream.onError(new IOException("reset"));
        assertEquals(Optional.of("one"), stream.next(SHORT));
        assertThrows(LightningException.class, () -> stream.next(SHORT));
    }

    @Test
    void next_lineWithoutEnd_isCutOff() {
        stream.onSubscribe(demand);
        send("x".repeat(5_000_000));
        assertEquals(true, demand.cancelled);
        assertThrows(LightningException.class, () -> stream.next(SHORT));
    }
}
