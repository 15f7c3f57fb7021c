package me.owlrun.agent.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Programs of the machine: what they print, and what happens when they do not behave.
final class CommandTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void output_ofAGoodProgram_isItsText() throws Exception {
        assertEquals(Optional.of("owl\n"), Command.output(List.of("echo", "owl"), LIMIT));
    }

    @Test
    void output_ofAFailingOrMissingProgram_isEmpty() throws Exception {
        assertInstanceOf(
                Command.Outcome.Failed.class, Command.run(List.of("sh", "-c", "exit 3"), LIMIT));
        assertInstanceOf(Command.Outcome.Missing.class, Command.run(List.of("no-such-owl"), LIMIT));
    }

    @Test
    void output_ofAHangingProgram_endsAtTheLimit() throws Exception {
        assertInstanceOf(
                Command.Outcome.Failed.class,
                Command.run(List.of("sleep", "300"), Duration.ofMillis(200)));
    }
}
