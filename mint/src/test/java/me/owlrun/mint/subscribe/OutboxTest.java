package me.owlrun.mint.subscribe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.Optional;

/// What may wait for a wallet that does not read.
final class OutboxTest {

    private final Outbox outbox = new Outbox();

    @Test
    void messages_areBounded_andKeepTheirOrder() throws Exception {
        int added = 0;
        while (outbox.add(new Outbox.Text(Integer.toString(added)))) {
            added++;
        }
        assertEquals(4_096, added);
        assertFalse(outbox.awaitRoom(1));
        for (int i = 0; i < added; i++) {
            assertEquals(Optional.of(new Outbox.Text(Integer.toString(i))), outbox.next(1_000));
        }
        assertEquals(Optional.empty(), outbox.next(1));
        assertTrue(outbox.awaitRoom(1));
    }

    @Test
    void characters_areBounded() throws Exception {
        Outbox.Text long1 = new Outbox.Text("x".repeat(1_048_576));
        for (int i = 0; i < 4; i++) {
            assertTrue(outbox.add(long1));
        }
        assertFalse(outbox.add(new Outbox.Text("y")));
        assertFalse(outbox.awaitRoom(1));
        assertEquals(Optional.of(long1), outbox.next(1_000));
        assertTrue(outbox.add(new Outbox.Text("y")));
    }
}
