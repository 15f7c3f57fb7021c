package me.owlrun.agent.model;

/// What the owner wants of models and disk.
///
/// @param auto whether the best model that fits is chosen and downloaded if there is none
/// @param keepWarm whether it stays in video memory between jobs
/// @param maxVramPct how much of the video memory may be used
/// @param contextTokens the context window, 0 for the model's own
/// @param pinned the only model to serve, or empty
/// @param warnDiskPct warn when less of the disk is free
/// @param reserveGb what must stay free on the disk after a download
/// @param startsEngine whether Ollama is started if none runs
public record Wishes(
        boolean auto,
        boolean keepWarm,
        int maxVramPct,
        int contextTokens,
        String pinned,
        int warnDiskPct,
        int reserveGb,
        boolean startsEngine) {}
