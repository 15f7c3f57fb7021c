package me.owlrun.mint.quote;

import me.owlrun.money.Msat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// What an operator can see of melting and do about it. There is no way to call a payment paid or
/// failed by hand: only the node's word counts.
public final class MeltControl {

    private final LeaseStore leases;
    private final MeltBreakerStore breaker;
    private final InstantSource clock;

    MeltControl(LeaseStore leases, MeltBreakerStore breaker, InstantSource clock) {
        this.leases = leases;
        this.breaker = breaker;
        this.clock = clock;
    }

    /// Why melting through Lightning is stopped.
    ///
    /// @param reason one sentence for the operator
    /// @param attemptId the payment that showed it
    /// @param since when it stopped
    public record Tripped(String reason, UUID attemptId, Instant since) {}

    /// Whether melting through Lightning is stopped, and why. Minting, swaps and melts between the
    /// mint's own quotes go on meanwhile.
    public Optional<Tripped> tripped() {
        return breaker.tripped();
    }

    /// Lets melts go out again. Strange payments that are open now do not stop it a second time.
    ///
    /// @return false when it was not stopped
    public boolean resume() {
        return breaker.resume(clock.instant());
    }

    /// Payments under way, the oldest first.
    ///
    /// @param countMax the most that are given
    public List<OpenMelt> open(int countMax) {
        return leases.open(countMax);
    }

    /// What Lightning took beyond amounts and fee reserves, ever.
    public Msat loss() {
        return leases.loss();
    }
}
