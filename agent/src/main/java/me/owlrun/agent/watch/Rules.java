package me.owlrun.agent.watch;

import java.time.Duration;
import java.util.Optional;

/// The rules by which a node works or rests: pure, the same signals give the same verdict. The
/// owner's hand and the machine's health come first; who sits at the machine counts in mode `idle`
/// only.
final class Rules {
    /// How much cooler the GPU must be before work begins again.
    static final int COOLER_CELSIUS = 10;

    private Rules() {}

    /// @param before the verdict until now, so that heat ends later than it began
    static Verdict verdict(Policy policy, Signals signals, Verdict before) {
        return general(policy, signals, before)
                .or(() -> whileInUse(policy, signals))
                .orElseGet(Verdict.Work::new);
    }

    private static Optional<Verdict> general(Policy policy, Signals signals, Verdict before) {
        if (signals.paused().isPresent()) {
            return rest("owner", signals.paused().get(), false);
        }
        if (policy.mode() == Policy.Mode.NEVER) {
            return rest("never", "Paused: [idle] job_mode is never.", false);
        }
        if (!policy.schedule().allows(signals.time())) {
            return rest("schedule", "Paused: outside the hours of [idle] schedule.", false);
        }
        int celsius = signals.gpu().tempCelsius();
        boolean cooling = before instanceof Verdict.Rest was && was.code().equals("heat");
        int limit = cooling ? policy.maxTempCelsius() - COOLER_CELSIUS : policy.maxTempCelsius();
        if (policy.maxTempCelsius() > 0 && celsius >= limit) {
            return rest("heat", "Paused: the GPU is at " + celsius + " °C; cooling down.", true);
        }
        if (signals.battery() && !policy.onBattery()) {
            return rest("battery", "Paused: the machine runs on battery.", false);
        }
        return Optional.empty();
    }

    private static Optional<Verdict> whileInUse(Policy policy, Signals signals) {
        if (policy.mode() != Policy.Mode.IDLE) {
            return Optional.empty();
        }
        if (policy.watchesPrograms() && signals.heavyProgram().isPresent()) {
            String program = signals.heavyProgram().get();
            return rest("program", "Paused: " + program + " is running.", true);
        }
        Optional<Duration> away = signals.user().away();
        if (away.isPresent() && away.get().compareTo(policy.trigger()) < 0) {
            return rest("user", "Paused: you are here. " + afterIdle(policy), true);
        }
        if (signals.gpuByOthersPct() > policy.gpuThresholdPct()) {
            return rest("gpu", "Paused: other programs use the GPU.", true);
        }
        return Optional.empty();
    }

    private static String afterIdle(Policy policy) {
        long minutes = policy.trigger().toMinutes();
        return "Work begins after " + minutes + (minutes == 1 ? " minute" : " minutes") + " away.";
    }

    private static Optional<Verdict> rest(String code, String why, boolean atOnce) {
        return Optional.of(new Verdict.Rest(code, why, atOnce));
    }
}
