package me.owlrun.gateway.admin;

import java.time.Instant;
import java.util.List;

/// Money on its way for longer than usual, of one kind. Each feature that sends money out or waits
/// for it shows its own. There is no way to declare any of it paid or failed.
public interface StuckMoney {

    /// What takes long, the oldest first, at most some hundreds.
    List<Stuck> list();

    /// Has one looked at at once, rather than when its time comes.
    ///
    /// @return false when there is none of this name
    boolean retryNow(String id);

    /// One thing that takes long.
    ///
    /// @param id its name
    /// @param kind what it is: `payment`, `payout`, …
    /// @param state where it stands
    /// @param amountMsat what it is worth
    /// @param since when it began
    /// @param nextAttemptAt when it is looked at again
    /// @param evidence what is known of it, free of secrets
    record Stuck(
            String id,
            String kind,
            String state,
            long amountMsat,
            Instant since,
            Instant nextAttemptAt,
            String evidence) {}
}
