package me.owlrun.mint.quote;

import me.owlrun.db.Database;
import me.owlrun.mint.keys.Keysets;
import me.owlrun.mint.keys.Signer;
import me.owlrun.mint.ledger.Ids;
import me.owlrun.mint.ledger.LedgerStore;
import me.owlrun.mint.ledger.TransferRules;
import me.owlrun.mint.lightning.Lightning;
import me.owlrun.mint.step.Steps;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/// All of melting, wired up: its routes, the threads that pay, the watch over open payments.
public final class Melts implements AutoCloseable {

    private final MeltRoutes routes;
    private final MeltControl control;
    private final Melting melting;
    private final Payments payments;
    private final Payers payers;
    private final MeltRules rules;
    private final List<PaymentWatch> watches = new ArrayList<>();

    private Melts(
            MeltRoutes routes,
            MeltControl control,
            Melting melting,
            Payments payments,
            Payers payers,
            MeltRules rules) {
        this.routes = routes;
        this.control = control;
        this.melting = melting;
        this.payments = payments;
        this.payers = payers;
        this.rules = rules;
    }

    /// What melting is built from.
    ///
    /// @param minting pays between the mint's own quotes
    public record Parts(
            Database database,
            Lightning lightning,
            Minting minting,
            LedgerStore ledger,
            TransferRules transfers,
            Keysets keysets,
            Signer signer,
            Ids ids,
            InstantSource clock,
            AmountLimits limits,
            Steps steps) {}

    /// Wires it up. Nothing runs yet.
    public static Melts of(Parts parts, MeltRules rules) {
        Payers payers = new PayerThreads();
        Payments payments = payments(parts, rules, payers);
        Melting melting =
                new Melting(
                        new MeltQuoteStore(parts.database()),
                        parts.minting(),
                        payments,
                        parts.ledger(),
                        parts.transfers(),
                        parts.signer(),
                        parts.lightning(),
                        parts.ids(),
                        parts.clock(),
                        parts.limits(),
                        rules);
        MeltControl control =
                new MeltControl(
                        new LeaseStore(parts.database()),
                        new MeltBreakerStore(parts.database()),
                        parts.clock());
        return new Melts(new MeltRoutes(melting), control, melting, payments, payers, rules);
    }

    static Payments payments(Parts parts, MeltRules rules, Payers payers) {
        MeltAttemptStore attempts = new MeltAttemptStore(parts.database(), parts.steps());
        LeaseStore leases = new LeaseStore(parts.database());
        MeltBreakerStore breaker = new MeltBreakerStore(parts.database());
        Settlement settlement =
                new Settlement(
                        attempts,
                        breaker,
                        parts.ledger(),
                        parts.keysets(),
                        parts.signer(),
                        parts.clock(),
                        parts.steps());
        Courier courier =
                new Courier(
                        leases,
                        breaker,
                        settlement,
                        parts.lightning(),
                        payers,
                        parts.clock(),
                        rules,
                        parts.steps());
        return new Payments(
                attempts,
                leases,
                breaker,
                new MeltQuoteStore(parts.database()),
                parts.minting(),
                settlement,
                courier,
                payers,
                parts.ids(),
                parts.clock(),
                rules,
                parts.steps());
    }

    /// Its endpoints.
    public MeltRoutes routes() {
        return routes;
    }

    /// Quotes for those who watch them.
    public QuoteViews views(MintQuoteStore quotes, Minting minting) {
        return new QuoteViews(quotes, minting, melting);
    }

    /// What an operator can see and do.
    public MeltControl control() {
        return control;
    }

    /// Starts looking after payments that nobody holds.
    public void watch() {
        watches.add(PaymentWatch.start(payments, rules.watch()));
    }

    /// Stops after the payments it is at.
    @Override
    public void close() {
        watches.forEach(PaymentWatch::close);
        payers.close();
    }
}
