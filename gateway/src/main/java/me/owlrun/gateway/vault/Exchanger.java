package me.owlrun.gateway.vault;

import me.owlrun.cashu.Amounts;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Keyset;
import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.Proof;
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
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/// Exchanges coins of ours of one unit for coins of the other: the mint gives an invoice of one and
/// is paid with the other. Every step is written down before the mint is asked, so that it can be
/// gone on with here or at another gateway; the mint pays a quote once and issues it once.
public final class Exchanger implements Runnable {

    private static final System.Logger LOG = System.getLogger(Exchanger.class.getName());

    private static final Duration BETWEEN_ROUNDS = Duration.ofSeconds(2);

    /// An exchange that is open for longer is shown to the operator.
    private static final Duration LONG = Duration.ofMinutes(15);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);
    private static final int LOOKS_MAX = 8;

    /// An offer may be refused because play money's invoice was paid by itself meanwhile.
    private static final int DEALS_MAX = 3;

    /// What the mint may hold back for Lightning: it settles its own invoices without, as a rule.
    private static final int RESERVE_PERCENT_MAX = 3;

    private static final int PERCENT = 100;
    private static final Msat RESERVE_LEAST = Msat.ofSat(5);

    private static final long PPK = 1_000;

    /// The mint knows the keyset no longer, or signs no more with it.
    private static final Set<Integer> KEYSET_GONE = Set.of(12001, 12002);

    /// After these the same swap can never succeed later.
    private static final Set<Integer> FINAL_REFUSALS = Set.of(11001, 12001, 12002);

    private final ExchangeStore store;
    private final MintClient client;
    private final MintKeysets keysets;
    private final OperationRunner runner;
    private final Melter melter;
    private final MeltPlans plans;
    private final InstantSource clock;
    private final StopSignal stop;

    /// One at a time in this gateway; the table lets in one at all gateways.
    private final ReentrantLock working = new ReentrantLock();

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
        this.runner = runner;
        this.melter = new Melter(client, keysets);
        this.plans = new MeltPlans(random);
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
            store.open().forEach(this::follow);
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
            CurrencyUnit from = to == CurrencyUnit.SAT ? CurrencyUnit.MSAT : CurrencyUnit.SAT;
            long sats =
                    Math.min(to.toMsat(most).ceilSat(), from.toMsat(store.worth(from)).floorSat());
            Msat amount = Msat.ofSat(sats);
            return sats <= 0 || to.floorSteps(amount) < least
                    ? Result.SHORT
                    : exchange(from, to, amount, least);
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
        return begun.map(this::carryOut).orElse(Result.BUSY);
    }

    private static boolean isFair(MeltOffer.Offered offer, CurrencyUnit from, Msat amount) {
        Msat share = Msat.of(amount.value() / PERCENT * RESERVE_PERCENT_MAX);
        Msat most = share.compareTo(RESERVE_LEAST) > 0 ? share : RESERVE_LEAST;
        return offer.amount() == from.floorSteps(amount)
                && from.toMsat(offer.feeReserve()).compareTo(most) <= 0;
    }

    private Result carryOut(Exchange begun) {
        Exchange now = pay(begun);
        for (int look = 0; look < LOOKS_MAX && !now.state().isClosed(); look++) {
            Exchange before = now;
            now = step(before);
            if (now.version() == before.version() && stop.isStoppingWithin(BETWEEN_LOOKS)) {
                break;
            }
        }
        return switch (now.state()) {
            case DONE -> Result.DONE;
            case FAILED -> Result.UNAVAILABLE;
            case PAYING, TAKING, RECALLING -> Result.BUSY;
        };
    }

    /// Steps as far as it goes without waiting.
    private void follow(Exchange read) {
        Exchange before = read;
        Exchange now = step(before);
        while (now.version() != before.version() && !now.state().isClosed()) {
            before = now;
            now = step(before);
        }
    }

    /// One step; the same exchange when nothing changed.
    Exchange step(Exchange exchange) {
        return switch (exchange.state()) {
            case PAYING -> look(exchange);
            case TAKING -> take(exchange);
            case RECALLING -> recall(exchange);
            case DONE, FAILED -> exchange;
        };
    }

    private Exchange pay(Exchange exchange) {
        return paid(exchange, melter.send(store.operation(exchange.pay())));
    }

    private Exchange look(Exchange exchange) {
        MeltOutcome outcome = melter.look(store.operation(exchange.pay()));
        return outcome instanceof MeltOutcome.Unpaid ? pay(exchange) : paid(exchange, outcome);
    }

    private Exchange paid(Exchange exchange, MeltOutcome outcome) {
        return switch (outcome) {
            case MeltOutcome.Paid _ -> beginTake(exchange);
            case MeltOutcome.Refused(int code) -> beginRecall(exchange, code);
            case MeltOutcome.Pending(),
                    MeltOutcome.Unpaid(),
                    MeltOutcome.NotReached(),
                    MeltOutcome.Unclear(String _) ->
                    exchange;
        };
    }

    private Exchange beginTake(Exchange exchange) {
        return active(exchange.to())
                .flatMap(keyset -> store.taking(exchange, takePlan(exchange, keyset.id())))
                .orElse(exchange);
    }

    private MintOperation takePlan(Exchange exchange, KeysetId target) {
        return new MintOperation(
                UUID.randomUUID(),
                MintOperation.Purpose.EXCHANGE_TAKE,
                List.of(),
                Optional.of(exchange.mintQuote()),
                target,
                exchange.to(),
                0,
                plans.outputs(Amounts.split(exchange.to().floorSteps(exchange.amount())), target));
    }

    private Exchange take(Exchange exchange) {
        MintOperation take = store.operation(exchange.take().orElseThrow());
        return switch (runner.runAgain(take)) {
            case OperationResult.Done(List<Proof> proofs) -> end(exchange, take, proofs);
            case OperationResult.Refused(int code) when KEYSET_GONE.contains(code) -> {
                keysets.refresh();
                yield beginTake(exchange);
            }
            case OperationResult.Refused(int code) -> {
                LOG.log(
                        System.Logger.Level.ERROR,
                        "exchange {0}: the mint took our payment and gives nothing (code {1})",
                        exchange.id(),
                        code);
                yield exchange;
            }
            case OperationResult.NotSent(), OperationResult.Pending(String _) -> exchange;
        };
    }

    /// The melt's change is asked for again; the mint keeps it.
    private Exchange end(Exchange exchange, MintOperation take, List<Proof> taken) {
        MintOperation pay = store.operation(exchange.pay());
        return melter.look(pay) instanceof MeltOutcome.Paid(var _, List<Proof> left)
                ? store.done(exchange, pay, left, take, taken).orElse(exchange)
                : exchange;
    }

    private Exchange beginRecall(Exchange exchange, int code) {
        LOG.log(
                System.Logger.Level.WARNING,
                "exchange {0}: the mint refuses with code {1}; the coins are taken back",
                exchange.id(),
                code);
        keysets.refresh();
        MintOperation pay = store.operation(exchange.pay());
        return active(exchange.from())
                .flatMap(keyset -> store.recalling(exchange, plans.recall(pay, keyset.id())))
                .orElse(exchange);
    }

    private Exchange recall(Exchange exchange) {
        MintOperation recall = store.operation(exchange.recall().orElseThrow());
        return switch (runner.runAgain(recall)) {
            case OperationResult.Done(List<Proof> proofs) ->
                    store.recalled(exchange, recall, proofs).orElse(exchange);
            case OperationResult.Refused(int code) when FINAL_REFUSALS.contains(code) -> {
                keysets.refresh();
                yield store.notRecalled(exchange, code).orElse(exchange);
            }
            case OperationResult.Refused _,
                    OperationResult.NotSent(),
                    OperationResult.Pending(String _) ->
                    exchange;
        };
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
