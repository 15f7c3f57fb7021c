package me.owlrun.gateway.vault;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Keyset;
import me.owlrun.cashu.KeysetId;
import me.owlrun.gateway.http.Problem;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.money.Msat;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;

/// Exchanges coins of ours of one unit for coins of the other: the mint gives an invoice of one and
/// is paid with the other. Every step is written down before the mint is asked, so that it can be
/// gone on with here or at another gateway; the mint pays a quote once and issues it once.
public final class Exchanger implements Runnable {

    private static final System.Logger LOG = System.getLogger(Exchanger.class.getName());

    private static final Duration BETWEEN_ROUNDS = Duration.ofSeconds(2);

    /// An exchange that is open for longer is shown to the operator.
    private static final Duration LONG = Duration.ofMinutes(15);

    /// A mint that does not exchange is left alone for a while.
    private static final Duration REST = Duration.ofSeconds(10);

    /// An offer may be refused because play money's invoice was paid by itself meanwhile.
    private static final int DEALS_MAX = 3;

    /// What the mint may hold back for Lightning: it settles its own invoices without, as a rule.
    private static final int RESERVE_PERCENT_MAX = 3;

    private static final int PERCENT = 100;
    private static final Msat RESERVE_LEAST = Msat.ofSat(5);

    private static final long PPK = 1_000;

    private final ExchangeStore store;
    private final MintClient client;
    private final MintKeysets keysets;
    private final ExchangeRunner steps;
    private final Melter melter;
    private final MeltPlans plans;
    private final InstantSource clock;
    private final StopSignal stop;

    /// One at a time in this gateway; the table lets in one at all gateways.
    private final ReentrantLock working = new ReentrantLock();

    private volatile Instant restUntil = Instant.EPOCH;

    public Exchanger(
            ExchangeStore store,
            MintClient client,
            MintKeysets keysets,
            OperationRunner runner,
            SecureRandom random,
            InstantSource clock,
            StopSignal stop) {
        this.store = store;
        this.client = client;
        this.keysets = keysets;
        this.melter = new Melter(client, keysets);
        this.plans = new MeltPlans(random);
        this.steps = new ExchangeRunner(store, keysets, runner, melter, plans, stop);
        this.clock = clock;
        this.stop = stop;
    }

    /// What became of a wish for coins.
    public enum Result {
        /// They are here.
        DONE,
        /// They are here or on their way, and others have them in hand: try again soon.
        BUSY,
        /// There is too little in the other unit.
        SHORT,
        /// The mint cannot do it now.
        UNAVAILABLE
    }

    /// Works until the gateway stops.
    @Override
    public void run() {
        while (!stop.isStoppingWithin(BETWEEN_ROUNDS)) {
            try {
                goOn();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "an exchange failed; it goes on", e);
            }
        }
    }

    /// Goes on with exchanges that this gateway has to end.
    public void goOn() {
        working.lock();
        try {
            store.open().forEach(steps::follow);
        } finally {
            working.unlock();
        }
    }

    /// What the operator should look at.
    public List<Problem> problems() {
        Instant before = clock.instant().minus(LONG);
        return store.oldestOpen().filter(before::isAfter).stream()
                .map(since ->
                        new Problem(
                                "exchange_stuck",
                                "An exchange of sats and msats has not ended since " + since,
                                "Check that the mint answers; nothing is lost, it goes on."))
                .toList();
    }

    /// Sees to it that loose coins of a unit are worth so much, fees for spending them included.
    public Result fill(CurrencyUnit to, long steps) {
        long missing = Math.addExact(steps, feesMax(to)) - store.worth(to);
        return missing <= 0 ? Result.BUSY : exchange(to, missing, missing);
    }

    /// Exchanges as much as there is of the other unit, within bounds.
    ///
    /// @param most steps of the new unit that are wanted; rounded up to whole sats
    /// @param least fewer are not worth it
    public Result exchange(CurrencyUnit to, long most, long least) {
        if (!working.tryLock()) {
            return Result.BUSY;
        }
        try {
            if (store.hasOpen()) {
                return Result.BUSY;
            }
            if (clock.instant().isBefore(restUntil)) {
                return Result.UNAVAILABLE;
            }
            CurrencyUnit from = to == CurrencyUnit.SAT ? CurrencyUnit.MSAT : CurrencyUnit.SAT;
            long sats =
                    Math.min(to.toMsat(most).ceilSat(), from.toMsat(store.worth(from)).floorSat());
            Msat amount = Msat.ofSat(sats);
            if (sats <= 0 || to.floorSteps(amount) < least) {
                return Result.SHORT;
            }
            Result result = exchange(from, to, amount, least);
            if (result == Result.UNAVAILABLE) {
                restUntil = clock.instant().plus(REST);
            }
            return result;
        } finally {
            working.unlock();
        }
    }

    private Result exchange(CurrencyUnit from, CurrencyUnit to, Msat amount, long least) {
        Optional<Deal> found = Optional.empty();
        for (int asked = 0; asked < DEALS_MAX && found.isEmpty(); asked++) {
            found = deal(from, to, amount);
        }
        if (found.isEmpty()) {
            LOG.log(System.Logger.Level.WARNING, "the mint does not exchange {0}", amount);
            return Result.UNAVAILABLE;
        }
        MeltOffer.Offered offer = found.get().offer;
        long need = Math.addExact(offer.amount(), offer.feeReserve());
        long over = Math.addExact(need, feesMax(from)) - store.worth(from);
        if (over > 0) {
            Msat less = Msat.ofSat(amount.minus(from.toMsat(over)).floorSat());
            return less.isPositive() && to.floorSteps(less) >= least
                    ? exchange(from, to, less, least)
                    : Result.SHORT;
        }
        return begin(from, to, amount, found.get());
    }

    /// The mint's invoice and its offer to pay that; neither binds us.
    private record Deal(MintClient.Quote quote, MeltOffer.Offered offer) {}

    private Optional<Deal> deal(CurrencyUnit from, CurrencyUnit to, Msat amount) {
        return client.mintQuote(to.floorSteps(amount), to)
                                instanceof MintAnswer.Ok<MintClient.Quote>(MintClient.Quote quote)
                        && melter.quote(quote.invoice(), from, Optional.empty())
                                instanceof MeltOffer.Offered offer
                        && isFair(offer, from, amount)
                ? Optional.of(new Deal(quote, offer))
                : Optional.empty();
    }

    private Result begin(CurrencyUnit from, CurrencyUnit to, Msat amount, Deal deal) {
        MeltOffer.Offered offer = deal.offer;
        Optional<KeysetId> target = active(from).map(Keyset::id);
        if (target.isEmpty()) {
            return Result.UNAVAILABLE;
        }
        ExchangeStore.Plan plan =
                new ExchangeStore.Plan(
                        from,
                        to,
                        amount,
                        deal.quote.id(),
                        Math.addExact(offer.amount(), offer.feeReserve()));
        Optional<Exchange> begun =
                store.begin(
                        plan,
                        this::feePpk,
                        coins ->
                                plans.melt(
                                        MintOperation.Purpose.EXCHANGE_PAY,
                                        coins,
                                        offer.quoteId(),
                                        offer.amount(),
                                        from,
                                        target.get()));
        return begun.map(this::ended).orElse(Result.BUSY);
    }

    private Result ended(Exchange begun) {
        return switch (steps.carryOut(begun).state()) {
            case DONE -> Result.DONE;
            case FAILED -> Result.UNAVAILABLE;
            case PAYING, TAKING, RECALLING -> Result.BUSY;
        };
    }

    private static boolean isFair(MeltOffer.Offered offer, CurrencyUnit from, Msat amount) {
        Msat share = Msat.of(amount.value() / PERCENT * RESERVE_PERCENT_MAX);
        Msat most = share.compareTo(RESERVE_LEAST) > 0 ? share : RESERVE_LEAST;
        return offer.amount() == from.floorSteps(amount)
                && from.toMsat(offer.feeReserve()).compareTo(most) <= 0;
    }

    private Optional<Keyset> active(CurrencyUnit unit) {
        return keysets.active(unit) instanceof MintKeysets.Lookup.Found<Keyset>(Keyset keyset)
                ? Optional.of(keyset)
                : Optional.empty();
    }

    /// What the mint takes at most for the coins of one payment.
    private long feesMax(CurrencyUnit unit) {
        long ppk = active(unit).map(keyset -> feePpk(keyset.id()).orElse(0)).orElse(0L);
        return Math.ceilDiv(Math.multiplyExact(ppk, SpendStore.INPUTS_MAX), PPK);
    }

    private OptionalLong feePpk(KeysetId id) {
        return keysets.resolve(id)
                        instanceof MintKeysets.Lookup.Found<MintKeysets.KeysetInfo>(var info)
                ? OptionalLong.of(info.inputFeePpk())
                : OptionalLong.empty();
    }
}
