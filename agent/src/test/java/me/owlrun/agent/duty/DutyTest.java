package me.owlrun.agent.duty;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Set;

/// The decision about each job, as a table.
final class DutyTest {
    @ParameterizedTest
    @CsvSource({
        // state, model, needed MB, free MB, running, decision
        "earning,  m, 0,    -1,   0, taken",
        "earning,  m, 0,    -1,   1, taken",
        "earning,  m, 0,    -1,   2, busy",
        "earning,  m, 8000, 8000, 0, taken",
        "earning,  m, 8000, 7999, 0, no_vram",
        "earning,  m, 8000, -1,   0, taken",
        "earning,  x, 8000, 7999, 2, model_not_loaded",
        "paused,   x, 8000, 7999, 2, paused",
        "draining, x, 8000, 7999, 2, draining",
        "draining, m, 0,    -1,   0, draining",
    })
    void refusal_ofAnOffer_givesTheFirstReason(
            String state, String model, int needed, int free, int running, String decision) {
        Duty duty = new Duty(2, state(state));
        duty.serve(Set.of("m"));
        String decided =
                duty.refusal(new Duty.Offer(model, needed, free, running))
                        .map(Duty.Refusal::word)
                        .orElse("taken");
        assertEquals(decision, decided);
    }

    private static DutyState state(String word) {
        return switch (word) {
            case "earning" -> new DutyState.Earning();
            case "paused" -> new DutyState.Paused("why");
            case "draining" -> new DutyState.Draining("why");
            default -> throw new IllegalArgumentException(word);
        };
    }
}
