package me.owlrun.agent.watch;

import java.time.Duration;
import java.util.Set;

/// What the owner allows.
///
/// @param mode when to take jobs
/// @param trigger how long the user must be away, in mode `idle`
/// @param gpuThresholdPct how much others may use the GPU, in mode `idle`
/// @param watchesPrograms whether games and heavy programs pause it, in mode `idle`
/// @param alsoHeavy the owner's own names of such programs, lower case
/// @param schedule the hours in which it may work
/// @param maxTempCelsius the GPU's temperature that pauses it; 0 for never
/// @param onBattery whether it may work on battery
public record Policy(
        Mode mode,
        Duration trigger,
        int gpuThresholdPct,
        boolean watchesPrograms,
        Set<String> alsoHeavy,
        Schedule schedule,
        int maxTempCelsius,
        boolean onBattery) {
    /// When to take jobs.
    public enum Mode {
        /// While nobody uses the machine.
        IDLE("idle"),
        /// Whoever uses the machine.
        ALWAYS("always"),
        /// Not at all.
        NEVER("never");

        private final String word;

        Mode(String word) {
            this.word = word;
        }

        /// Its word in the settings.
        public String word() {
            return word;
        }
    }
}
