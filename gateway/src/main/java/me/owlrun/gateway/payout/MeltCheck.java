package me.owlrun.gateway.payout;

import me.owlrun.db.Database;
import me.owlrun.gateway.ledger.Finding;
import me.owlrun.gateway.vault.MintAnswer;
import me.owlrun.gateway.vault.MintClient;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// Holds the payments that ended against what the mint says of them, the newest hundreds each time:
/// what we booked as paid it has paid, of the same amount, and what we took back it has not.
/// Thread-safe.
public final class MeltCheck {

    private static final int PAYMENTS_MAX = 200;
    private static final String PAID = "PAID";

    private final MeltCheckStore store;
    private final MintClient client;
    private final ReentrantLock lock = new ReentrantLock();
    private MeltCheckStore.Place seen = MeltCheckStore.Place.BEGINNING;

    /// @param database where the payouts lie
    public MeltCheck(Database database, MintClient client) {
        this.store = new MeltCheckStore(database);
        this.client = client;
    }

    /// Payments that ended otherwise at the mint; one that does not answer proves nothing. The next
    /// time goes on from here, or from the first finding, which stays one until it is put right.
    public List<Finding> findings() {
        lock.lock();
        try {
            List<Finding> findings = new ArrayList<>();
            for (MeltCheckStore.Melt melt : store.after(seen, PAYMENTS_MAX)) {
                if (!(client.meltQuote(melt.quoteId())
                        instanceof MintAnswer.Ok<MintClient.Melt>(MintClient.Melt quote))) {
                    break;
                }
                wrong(melt, quote)
                        .ifPresent(text ->
                                findings.add(
                                        new Finding(
                                                "melt_is_payout",
                                                "payout " + melt.payoutId() + ": " + text)));
                if (findings.isEmpty()) {
                    seen = melt.place();
                }
            }
            return findings;
        } finally {
            lock.unlock();
        }
    }

    private static Optional<String> wrong(MeltCheckStore.Melt melt, MintClient.Melt quote) {
        boolean paid = PAID.equals(quote.state());
        if (paid != melt.paid()) {
            return Optional.of(
                    "%s here, %s at the mint"
                            .formatted(melt.paid() ? "paid" : "taken back", quote.state()));
        }
        return paid && quote.amount() != melt.amountSteps()
                ? Optional.of(
                        "%d steps here, %d at the mint"
                                .formatted(melt.amountSteps(), quote.amount()))
                : Optional.empty();
    }
}
