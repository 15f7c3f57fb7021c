package me.owlrun.gateway.payout;

import me.owlrun.cashu.Proof;
import me.owlrun.cashu.TokenCodec;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.gateway.vault.SpentCheck;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Finds out which withdrawn tokens were taken by a wallet (NUT-07), so that only those that nobody
/// took are shown again.
final class TokenWatch implements Runnable {

    private static final System.Logger LOG = System.getLogger(TokenWatch.class.getName());

    private static final Duration BETWEEN_ROUNDS = Duration.ofSeconds(30);
    private static final Duration BETWEEN_CHECKS = Duration.ofMinutes(10);
    private static final int BATCH_MAX = 20;

    private final PayoutListStore payouts;
    private final SpentCheck check;
    private final InstantSource clock;
    private final StopSignal stop;

    TokenWatch(PayoutListStore payouts, SpentCheck check, InstantSource clock, StopSignal stop) {
        this.payouts = payouts;
        this.check = check;
        this.clock = clock;
        this.stop = stop;
    }

    /// Works until the gateway stops.
    @Override
    public void run() {
        while (!stop.isStoppingWithin(BETWEEN_ROUNDS)) {
            try {
                round();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "tokens were not looked at; it goes on", e);
            }
        }
    }

    /// Looks once at tokens that were not looked at for a while.
    void round() {
        for (Payout payout : payouts.unspent(clock.instant().minus(BETWEEN_CHECKS), BATCH_MAX)) {
            var _ = look(payout);
        }
    }

    /// Looks at one token; true when all of it is spent.
    boolean look(Payout payout) {
        List<Proof> proofs =
                payout.token().map(TokenCodec::decode).orElseThrow()
                                instanceof TokenCodec.Valid(var token)
                        ? token.proofs()
                        : List.of();
        Optional<Boolean> spent = check.areSpent(proofs);
        spent.ifPresent(known -> payouts.checked(payout.id(), known));
        return spent.orElse(false);
    }
}
