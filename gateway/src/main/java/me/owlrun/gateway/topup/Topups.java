package me.owlrun.gateway.topup;

import me.owlrun.config.Settings;
import me.owlrun.db.Database;
import me.owlrun.gateway.account.Gate;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.pay.Till;
import me.owlrun.money.Msat;

import java.security.SecureRandom;
import java.time.InstantSource;

/// The parts of this package put together.
public final class Topups {

    private final Gate gate;
    private final Msat amountMax;
    private final TopupStore store;
    private final Counter counter;
    private final TopupKeeper keeper;

    /// @param settings with those of [TopupSettings]
    /// @param till knows the mint
    /// @param gate lets accounts in
    /// @param stop ends background work
    public Topups(
            Settings settings,
            Database database,
            LedgerStore ledger,
            Till till,
            Gate gate,
            SecureRandom random,
            InstantSource clock,
            StopSignal stop) {
        this.gate = gate;
        amountMax = Msat.ofSat(settings.get(TopupSettings.MAX));
        store = new TopupStore(database, ledger, clock);
        MintDesk mint =
                new MintDesk(till.desk(), till.client(), till.keysets(), till.runner(), random);
        counter =
                new Counter(
                        store,
                        mint,
                        till.instance().bootId(),
                        settings.get(TopupSettings.UNPAID),
                        clock);
        keeper =
                new TopupKeeper(
                        store,
                        mint,
                        counter,
                        till.instance(),
                        settings.get(TopupSettings.GRACE),
                        clock,
                        stop);
    }

    /// What has to run until the gateway stops.
    public Runnable keeper() {
        return keeper;
    }

    Gate gate() {
        return gate;
    }

    Msat amountMax() {
        return amountMax;
    }

    TopupStore store() {
        return store;
    }

    Counter counter() {
        return counter;
    }
}
