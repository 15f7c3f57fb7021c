package me.owlrun.agent.model;

import java.util.List;
import java.util.Optional;

/// The models we know, the most demanding first, and the choice among them.
public final class Catalog {
    /// All of them. Download sizes are rounded up.
    public static final List<Entry> ALL =
            List.of(
                    new Entry("llama3.3:70b", 42, 43),
                    new Entry("llama3.1:70b", 42, 43),
                    new Entry("qwen3:32b", 22, 21),
                    new Entry("qwen2.5-coder:32b", 22, 20),
                    new Entry("mistral-small:24b", 16, 15),
                    new Entry("phi4:14b", 10, 10),
                    new Entry("qwen2.5:14b", 10, 9),
                    new Entry("qwen3.5:9b", 7, 7),
                    new Entry("llama3.1:8b", 6, 5),
                    new Entry("qwen3:8b", 6, 6),
                    new Entry("deepseek-r1:8b", 6, 6),
                    new Entry("qwen2.5:7b", 5, 5),
                    new Entry("qwen3.5:4b", 4, 4),
                    new Entry("llama3.2:3b", 3, 2),
                    new Entry("qwen2.5:3b", 3, 2),
                    new Entry("llama3.2:1b", 2, 2),
                    new Entry("qwen2.5:1.5b", 2, 1),
                    new Entry("qwen2.5:0.5b", 1, 1),
                    new Entry("smollm2:135m", 1, 1));

    private static final int MB_PER_GB = 1_024;
    private static final String ON_THE_PROCESSOR = "qwen2.5:0.5b";

    private Catalog() {}

    /// One model.
    ///
    /// @param tag its name
    /// @param vramGb video memory it needs, with room for the context
    /// @param diskGb what its download takes
    public record Entry(String tag, int vramGb, int diskGb) {
        /// Whether it runs on this machine's GPU.
        ///
        /// @param usableMb video memory that may be used; 0 without a GPU
        public boolean fits(int usableMb) {
            return usableMb > 0 ? vramGb * MB_PER_GB <= usableMb : isForProcessors();
        }

        private boolean isForProcessors() {
            return vramGb <= 2;
        }
    }

    /// The best model to download: the most demanding one that fits memory and disk; without a GPU
    /// a small one that any processor runs fast enough.
    ///
    /// @param usableMb video memory that may be used; 0 without a GPU
    /// @param freeGb disk that a download may take
    static Optional<Entry> best(int usableMb, long freeGb) {
        return ALL.stream()
                .filter(entry -> usableMb > 0 || entry.tag().equals(ON_THE_PROCESSOR))
                .filter(entry -> entry.fits(usableMb) && entry.diskGb() <= freeGb)
                .findFirst();
    }

    /// The best of the models that are there: the most demanding known one that fits, else the
    /// first that nobody knows anything about.
    static Optional<String> bestOf(List<String> installed, int usableMb) {
        return ALL.stream()
                .filter(entry -> entry.fits(usableMb))
                .map(Entry::tag)
                .filter(installed::contains)
                .findFirst()
                .or(() -> installed.stream().filter(tag -> !isKnown(tag)).findFirst());
    }

    private static boolean isKnown(String tag) {
        return ALL.stream().anyMatch(entry -> entry.tag().equals(tag));
    }
}
