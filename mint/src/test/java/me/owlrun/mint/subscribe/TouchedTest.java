package me.owlrun.mint.subscribe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.Optional;

/// The words of a notice to other processes.
final class TouchedTest {

    @Test
    void token_andBack() {
        for (Kind kind : Kind.values()) {
            for (boolean pending : new boolean[] {false, true}) {
                Touched touched = new Touched(kind, "02ab", pending);
                assertEquals(Optional.of(touched), Touched.ofToken(touched.token()));
            }
        }
    }

    @Test
    void token_ofSomethingElse_isPassedOver() {
        assertEquals(Optional.empty(), Touched.ofToken(""));
        assertEquals(Optional.empty(), Touched.ofToken("?02ab"));
    }
}
