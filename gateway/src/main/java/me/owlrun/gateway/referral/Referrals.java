package me.owlrun.gateway.referral;

import me.owlrun.db.Database;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.gateway.ledger.LedgerStore;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.function.Function;

/// Notes who brought whom, and pays the shares of every day that is over.
public final class Referrals implements Runnable {

    private static final System.Logger LOG = System.getLogger(Referrals.class.getName());

    /// The referrer's share of the gateway's cut, in per cent.
    public static final int SHARE_PERCENT = 20;

    private static final Duration BETWEEN_ROUNDS = Duration.ofMinutes(1);
    private static final int DAYS_MAX = 500;

    private final ReferralStore store;
    private final AffiliateStore affiliates;
    private final StopSignal stop;

    /// @param random makes codes
    /// @param stop ends the work
    public Referrals(
            Database database,
            LedgerStore ledger,
            SecureRandom random,
            InstantSource clock,
            StopSignal stop) {
        this.store = new ReferralStore(database, ledger, clock);
        this.affiliates = new AffiliateStore(database, random, clock);
        this.stop = stop;
    }

    /// Works until the gateway stops.
    @Override
    public void run() {
        do {
            try {
                round();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "referrals were not looked after", e);
            }
        } while (!stop.isStoppingWithin(BETWEEN_ROUNDS));
    }

    /// Does once what has to be done now.
    public void round() {
        store.attach();
        int paid;
        do {
            paid = store.payDays(DAYS_MAX);
        } while (paid == DAYS_MAX);
    }

    /// The endpoint.
    ///
    /// @param accounts the account behind a key
    public ReferralRoutes routes(Function<String, OptionalLong> accounts) {
        return new ReferralRoutes(affiliates, accounts);
    }
}
