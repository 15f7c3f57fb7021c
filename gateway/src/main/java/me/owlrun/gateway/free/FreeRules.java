package me.owlrun.gateway.free;

import me.owlrun.config.Settings;

import java.time.Duration;

/// What is given to those who do not pay.
///
/// @param perMinute requests of one address
/// @param tokens of an answer
/// @param promptTokens the most that a prompt can be
/// @param atOnce answers under way
/// @param window over which nodes are held to their percentage
record FreeRules(long perMinute, long tokens, long promptTokens, long atOnce, Duration window) {

    static FreeRules of(Settings settings) {
        return new FreeRules(
                settings.get(FreeSettings.REQUESTS),
                settings.get(FreeSettings.TOKENS),
                settings.get(FreeSettings.PROMPT_TOKENS),
                settings.get(FreeSettings.AT_ONCE),
                settings.get(FreeSettings.WINDOW));
    }
}
