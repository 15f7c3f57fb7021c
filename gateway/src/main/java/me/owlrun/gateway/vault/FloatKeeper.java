package me.owlrun.gateway.vault;

import me.owlrun.cashu.Amounts;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Keyset;
import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Proof;
import me.owlrun.gateway.http.Problem;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.money.Msat;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Keeps small coins at hand, so that a payment in sats gets exact change: kits of msat proofs 1,
/// 2, 4 … 512, made of loose ones. When those run out it exchanges sats that were earned; only when
/// there are none it asks the mint for an invoice and shows it, and the operator's payment of it is
/// booked as the operator's own money.
public final class FloatKeeper implements Runnable {

    private static final System.Logger LOG = System.getLogger(FloatKeeper.class.getName());

    /// The amounts of a kit: they make every amount below a sat, and a bit more.
    private static final List<Long> KIT = List.of(1L, 2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 512L);

    private static final int PROOFS_SPENT = 11001;
    private static final long KIT_STEPS = 1023;
    private static final int KITS_PER_SWAP_MAX = 50;
    private static final int INPUTS_MAX = 400;
    private static final CurrencyUnit UNIT = CurrencyUnit.MSAT;

    private static final Duration BETWEEN_ROUNDS = Duration.ofSeconds(2);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

    /// Kits are made again when so many of a hundred are gone.
    private static final long KITS_GONE_PERCENT = 20;

    private static final long PERCENT = 100;

    /// The part of the float that is worth an exchange.
    private static final long WORTH_IT_PARTS = 10;

    private final FloatStore store;
    private final Exchanger exchanger;
    private final OperationRunner runner;
    private final MintKeysets keysets;
    private final MintClient client;
    private final SecureRandom random;
    private final InstantSource clock;
    private final StopSignal stop;
    private final Msat target;
    private final long kitsTarget;
    private volatile boolean ready;
    private volatile boolean breached;
    private volatile Optional<String> invoice = Optional.empty();
    private volatile boolean mintReached = true;

    /// @param target what the float shall hold; asked for again when half of it is gone
    /// @param kitsTarget how many kits shall be free
    public FloatKeeper(
            FloatStore store,
            Exchanger exchanger,
            OperationRunner runner,
            MintKeysets keysets,
            MintClient client,
            SecureRandom random,
            InstantSource clock,
            StopSignal stop,
            Msat target,
            long kitsTarget) {
        this.store = store;
        this.exchanger = exchanger;
        this.runner = runner;
        this.keysets = keysets;
        this.client = client;
        this.random = random;
        this.clock = clock;
        this.stop = stop;
        this.target = target;
        this.kitsTarget = kitsTarget;
    }

    /// Works until the gateway stops.
    @Override
    public void run() {
        long roundNanos = System.nanoTime() - BETWEEN_ROUNDS.toNanos();
        while (!stop.isStoppingWithin(BETWEEN_LOOKS)) {
            try {
                long now = System.nanoTime();
                if (!ready || now - roundNanos >= BETWEEN_ROUNDS.toNanos()) {
                    roundNanos = now;
                    round();
                } else if (mintReached && kitsAreShort()) {
                    makeKits();
                }
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "the float was not looked after", e);
            }
        }
    }

    /// What keeps payments in sats from being taken now, if anything does.
    public List<Problem> problems() {
        if (breached) {
            return List.of(
                    new Problem(
                            "vault_breach",
                            "Proofs of the vault were spent by somebody else",
                            "Somebody else can read the database: stop the gateway, change the"
                                    + " password, then run 'audit'."));
        }
        if (!mintReached) {
            return List.of(VaultParts.MINT_AWAY);
        }
        if (ready) {
            return List.of();
        }
        String text =
                invoice.map(request -> "Pay this invoice to fund the float: " + request)
                        .orElse("Small coins are being made; this passes by itself.");
        return List.of(
                new Problem("float_short", "No small coins for change of payments in sats", text));
    }

    /// Does once what has to be done now.
    public void round() {
        store.pending().forEach(this::resume);
        store.openQuotes().forEach(this::follow);
        makeKits();
        ready = store.countKits().free() > 0;
        if (store.held().value() < target.value() / 2) {
            refill();
        }
        invoice = store.openQuotes().stream().findFirst().map(FloatStore.OpenQuote::invoice);
    }

    private boolean kitsAreShort() {
        KitStore.Count kits = store.countKits();
        return (kitsTarget - kits.free() - kits.making()) * PERCENT
                >= kitsTarget * KITS_GONE_PERCENT;
    }

    private void resume(MintOperation operation) {
        finish(operation, runner.runAgain(operation));
    }

    private void finish(MintOperation operation, OperationResult result) {
        switch (result) {
            case OperationResult.Done(List<Proof> proofs) -> {
                mintReached = true;
                store.done(operation, proofs);
            }
            case OperationResult.Refused(int code) when code == PROOFS_SPENT -> breach(operation);
            case OperationResult.Refused(int code) -> {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "operation {0}: the mint refused with code {1}",
                        operation.id(),
                        code);
                keysets.refresh();
                store.refused(operation, code);
            }
            case OperationResult.NotSent() -> mintReached = false;
            case OperationResult.Pending _ -> mintReached = false;
        }
    }

    /// Somebody else has spent proofs of our vault: nothing is undone, a person has to look.
    private void breach(MintOperation operation) {
        if (!breached) {
            breached = true;
            LOG.log(
                    System.Logger.Level.ERROR,
                    "operation {0}: proofs of the vault were spent by somebody else",
                    operation.id());
        }
    }

    private void follow(FloatStore.OpenQuote open) {
        switch (client.quote(open.id())) {
            case MintAnswer.Ok<MintClient.Quote>(MintClient.Quote quote) -> {
                mintReached = true;
                if (quote.state().equals("PAID")) {
                    mint(open);
                } else if (isOver(quote)) {
                    store.expire(open.id());
                }
            }
            case MintAnswer.Refused<MintClient.Quote> _ -> store.expire(open.id());
            case MintAnswer.NotSent<MintClient.Quote>() -> mintReached = false;
            case MintAnswer.Unknown<MintClient.Quote> _ -> mintReached = false;
        }
    }

    private boolean isOver(MintClient.Quote quote) {
        long now = clock.instant().getEpochSecond();
        return quote.expiryEpochSeconds().isPresent()
                && quote.expiryEpochSeconds().getAsLong() < now;
    }

    private void mint(FloatStore.OpenQuote open) {
        if (!(keysets.active(UNIT) instanceof MintKeysets.Lookup.Found<Keyset>(Keyset keyset))) {
            return;
        }
        MintOperation operation =
                new MintOperation(
                        UUID.randomUUID(),
                        MintOperation.Purpose.FLOAT,
                        List.of(),
                        Optional.of(open.id()),
                        keyset.id(),
                        UNIT,
                        0,
                        outputs(Amounts.split(open.amount()), keyset.id()));
        if (store.beginMint(operation)) {
            finish(operation, runner.runFirst(operation));
        }
    }

    private void makeKits() {
        KitStore.Count kits = store.countKits();
        long missing = kitsTarget - kits.free() - kits.making();
        while (missing > 0
                && keysets.active(UNIT)
                        instanceof MintKeysets.Lookup.Found<Keyset>(Keyset keyset)) {
            int wanted = (int) Math.min(missing, KITS_PER_SWAP_MAX);
            Optional<MintOperation> operation =
                    store.beginKits(INPUTS_MAX, loose -> plan(loose, wanted, keyset));
            if (operation.isEmpty()) {
                return;
            }
            OperationResult result = runner.runFirst(operation.get());
            finish(operation.get(), result);
            if (!(result instanceof OperationResult.Done)) {
                return;
            }
            missing -= wanted;
        }
    }

    /// Takes as few of the largest proofs as make the wanted kits, or as many kits as they make.
    private Optional<FloatStore.KitPlan> plan(List<VaultProof> loose, int wanted, Keyset keyset) {
        List<Proof> inputs = new ArrayList<>();
        List<Long> feesPpk = new ArrayList<>();
        long sum = 0;
        for (VaultProof proof : loose) {
            if (sum - Keyset.transactionFee(feesPpk) >= wanted * KIT_STEPS) {
                break;
            }
            if (!(keysets.resolve(proof.proof().keysetId())
                    instanceof MintKeysets.Lookup.Found<MintKeysets.KeysetInfo>(var info))) {
                continue;
            }
            inputs.add(proof.proof());
            feesPpk.add(info.inputFeePpk());
            sum += proof.amount();
        }
        long fee = Keyset.transactionFee(feesPpk);
        int kitCount = (int) Math.min(wanted, (sum - fee) / KIT_STEPS);
        if (kitCount <= 0) {
            return Optional.empty();
        }
        List<Long> amounts = new ArrayList<>();
        for (int kit = 0; kit < kitCount; kit++) {
            amounts.addAll(KIT);
        }
        amounts.addAll(Amounts.split(sum - fee - kitCount * KIT_STEPS));
        MintOperation operation =
                new MintOperation(
                        UUID.randomUUID(),
                        MintOperation.Purpose.KITS,
                        inputs,
                        Optional.empty(),
                        keyset.id(),
                        UNIT,
                        fee,
                        outputs(amounts, keyset.id()));
        return Optional.of(new FloatStore.KitPlan(kitCount, operation, KIT.size()));
    }

    private List<OutputData> outputs(List<Long> amounts, KeysetId keysetId) {
        return amounts.stream().map(amount -> OutputData.random(amount, keysetId, random)).toList();
    }

    /// What was earned in sats comes first; an invoice that is open meanwhile may still be paid.
    private void refill() {
        long missing = target.minus(store.held()).value();
        switch (exchanger.exchange(UNIT, missing, target.value() / WORTH_IT_PARTS)) {
            case DONE -> makeKits();
            case BUSY -> {}
            case SHORT, UNAVAILABLE -> {
                if (!store.hasOpenQuote()) {
                    askForInvoice();
                }
            }
        }
    }

    private void askForInvoice() {
        long missing = target.minus(store.held()).value();
        switch (client.mintQuote(missing, UNIT)) {
            case MintAnswer.Ok<MintClient.Quote>(MintClient.Quote quote) -> {
                mintReached = true;
                store.addQuote(quote.id(), missing, quote.invoice());
                LOG.log(
                        System.Logger.Level.INFO,
                        "the float wants {0} msat: pay the invoice that /healthz shows",
                        missing);
            }
            case MintAnswer.Refused<MintClient.Quote>(int code) ->
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "the mint gives no invoice for the float (code {0})",
                            code);
            case MintAnswer.NotSent<MintClient.Quote>() -> mintReached = false;
            case MintAnswer.Unknown<MintClient.Quote> _ -> mintReached = false;
        }
    }
}
