package me.owlrun.agent.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.agent.idle.UserIdle;
import me.owlrun.agent.machine.GpuReading;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/// When a node works and when it rests.
final class RulesTest {
    private static final LocalDateTime MONDAY_NOON = LocalDateTime.parse("2026-11-02T12:00");

    @ParameterizedTest
    @CsvSource({
        // mode, away seconds (-1 nobody), program, foreign GPU, battery, temperature -> code
        "IDLE, 600, '', 0, false, 50, work",
        "IDLE, 599, '', 0, false, 50, user",
        "IDLE, 0, '', 0, false, 50, user",
        "IDLE, -1, '', 0, false, 50, work",
        "IDLE, 9999, cs2, 0, false, 50, program",
        "IDLE, 9999, '', 15, false, 50, work",
        "IDLE, 9999, '', 16, false, 50, gpu",
        "IDLE, 9999, '', 0, true, 50, battery",
        "IDLE, 9999, '', 0, false, 90, heat",
        "ALWAYS, 0, cs2, 99, false, 50, work",
        "ALWAYS, 0, '', 0, true, 50, battery",
        "ALWAYS, 0, '', 0, false, 95, heat",
        "NEVER, 9999, '', 0, false, 50, never",
    })
    void verdict_ofEachSignal_isTheFirstReason(
            Policy.Mode mode,
            long away,
            String program,
            int gpu,
            boolean battery,
            int celsius,
            String code) {
        Signals signals =
                signals(away, program, gpu, battery, celsius, Optional.empty(), MONDAY_NOON);
        assertEquals(code, code(Rules.verdict(policy(mode, ""), signals, new Verdict.Work())));
    }

    @Test
    void verdict_ofTheOwnersPause_standsBeforeAll() {
        Signals signals =
                signals(9999, "", 0, false, 99, Optional.of("Paused by you."), MONDAY_NOON);
        Verdict verdict = Rules.verdict(policy(Policy.Mode.NEVER, ""), signals, new Verdict.Work());
        assertEquals("owner", code(verdict));
    }

    @Test
    void heat_endsTenDegreesLower() {
        Policy policy = policy(Policy.Mode.ALWAYS, "");
        Verdict hot = Rules.verdict(policy, heat(90), new Verdict.Work());
        assertEquals("heat", code(hot));
        assertEquals("heat", code(Rules.verdict(policy, heat(80), hot)));
        assertEquals("work", code(Rules.verdict(policy, heat(79), hot)));
        assertEquals("work", code(Rules.verdict(policy, heat(89), new Verdict.Work())));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "22:00-07:00 | 2026-11-02T22:00 | true",
                "22:00-07:00 | 2026-11-02T06:59 | true",
                "22:00-07:00 | 2026-11-02T07:00 | false",
                "09:00 - 17:00 | 2026-11-02T12:00 | true",
                "mon-fri 22:00-07:00 | 2026-11-07T03:00 | true",
                "mon-fri 22:00-07:00 | 2026-11-07T23:00 | false",
                "mon-fri 22:00-07:00 | 2026-11-02T03:00 | false",
                "MON-FRI 22:00-07:00, sat-sun 00:00-24:00 | 2026-11-07T13:00 | true",
                "fri-mon 10:00-11:00 | 2026-11-08T10:30 | true",
                "fri-mon 10:00-11:00 | 2026-11-03T10:30 | false",
                "wed 00:00-24:00 | 2026-11-04T23:59 | true",
                "wed 00:00-24:00 | 2026-11-05T00:00 | false",
            })
    void schedule_holdsItsWindowsOverMidnight(String text, String time, boolean allowed) {
        Schedule schedule = Schedule.parse(text).orElseThrow();
        assertEquals(allowed, schedule.allows(LocalDateTime.parse(time)));
        Signals signals =
                signals(9999, "", 0, false, 0, Optional.empty(), LocalDateTime.parse(time));
        Verdict verdict =
                Rules.verdict(policy(Policy.Mode.ALWAYS, text), signals, new Verdict.Work());
        assertEquals(allowed ? "work" : "schedule", code(verdict));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "22-07", "24:00-07:00", "22:60-07:00", "xyz 22:00-07:00", "22:00-25:00"})
    void schedule_ofOtherTexts_isRefused(String text) {
        assertEquals(Optional.empty(), Schedule.parse(text));
    }

    @Test
    void brake_forATime_releasesItself() {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
        HandBrake brake = new HandBrake(now::get);
        assertTrue(brake.reason().isEmpty());
        brake.pull(Optional.of(Duration.ofHours(1)));
        assertEquals(Optional.of("Paused by you for another 61 minutes."), brake.reason());
        now.set(Instant.EPOCH.plus(Duration.ofMinutes(59)).plusSeconds(30));
        assertEquals(Optional.of("Paused by you for another minute."), brake.reason());
        now.set(Instant.EPOCH.plus(Duration.ofHours(1)));
        assertTrue(brake.reason().isEmpty());
        brake.pull(Optional.empty());
        assertEquals(Optional.of("Paused by you."), brake.reason());
        brake.release();
        assertFalse(brake.reason().isPresent());
    }

    private static String code(Verdict verdict) {
        return verdict instanceof Verdict.Rest rest ? rest.code() : "work";
    }

    private static Policy policy(Policy.Mode mode, String schedule) {
        return new Policy(
                mode,
                Duration.ofMinutes(10),
                15,
                true,
                Set.of(),
                schedule.isEmpty() ? Schedule.ALWAYS : Schedule.parse(schedule).orElseThrow(),
                90,
                false);
    }

    private static Signals heat(int celsius) {
        return signals(9999, "", 0, false, celsius, Optional.empty(), MONDAY_NOON);
    }

    private static Signals signals(
            long away,
            String program,
            int gpu,
            boolean battery,
            int celsius,
            Optional<String> paused,
            LocalDateTime time) {
        Optional<Duration> idle =
                away < 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(away));
        return new Signals(
                new UserIdle.Reading(idle, "test"),
                program.isEmpty() ? Optional.empty() : Optional.of(program),
                new GpuReading("g", "nvidia", 1, 1, true, gpu, celsius, BigDecimal.ZERO),
                gpu,
                battery,
                time,
                paused);
    }
}
