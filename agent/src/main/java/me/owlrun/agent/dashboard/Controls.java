package me.owlrun.agent.dashboard;

import com.fasterxml.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What the owner can do on the page. What cannot be done is an `AgentException` whose message the
/// page shows.
public interface Controls {
    /// Sets a value of the configuration file.
    void set(String section, String key, String value);

    /// Pauses; running jobs may end first.
    ///
    /// @param time for how long; empty until further notice
    void pause(Optional<Duration> time);

    /// Ends the owner's pause.
    void resume();

    /// Begins to download a model.
    void pull(String model);

    /// Deletes a model from the disk.
    void remove(String model) throws InterruptedException;

    /// Takes earnings out as ecash.
    ///
    /// @param sats 0 for all
    /// @return `token`, `amount_msats`, `id`
    ObjectNode claim(long sats) throws InterruptedException;

    /// Tokens taken out before, under `tokens`.
    ObjectNode ecash();

    /// A token was put into a wallet.
    void markSpent(String id);

    /// What was earned in a period, under `buckets`; `24h`, `7d`, `30d` or `1y`.
    ObjectNode history(String period);

    /// The whole provider key.
    String key();

    /// The last lines of the log.
    List<String> log();
}
