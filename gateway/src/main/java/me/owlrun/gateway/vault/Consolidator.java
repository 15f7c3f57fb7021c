package me.owlrun.gateway.vault;

import me.owlrun.cashu.Amounts;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Keyset;
import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.OutputData;
import me.owlrun.gateway.instance.StopSignal;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// Swaps many small loose proofs into few large ones: a day of jobs leaves thousands of coins of
/// some millisats, too many to pay anything with. Kits and coins of payments under way are left
/// alone.
public final class Consolidator implements Runnable {

    private static final System.Logger LOG = System.getLogger(Consolidator.class.getName());

    private static final Duration BETWEEN_ROUNDS = Duration.ofSeconds(10);

    /// Small coins that may lie about before they are swapped.
    private static final int SMALL_MAX = 500;

    private static final int INPUTS_MAX = 500;
    private static final int PENDING_MAX = 4;
    private static final int SWAPS_PER_ROUND_MAX = 20;

    /// What counts as small: coins below about 8 sats.
    private static final long SMALL_MSAT = 8_191;

    private static final long SMALL_SAT = 8;

    private final ConsolidateStore store;
    private final VaultParts vault;
    private final SecureRandom random;
    private final StopSignal stop;

    /// Units of which a payment found too many coins.
    private final Set<CurrencyUnit> crowded = ConcurrentHashMap.newKeySet();

    public Consolidator(
            ConsolidateStore store, VaultParts vault, SecureRandom random, StopSignal stop) {
        this.store = store;
        this.vault = vault;
        this.random = random;
        this.stop = stop;
    }

    /// Works until the gateway stops.
    @Override
    public void run() {
        while (!stop.isStoppingWithin(BETWEEN_ROUNDS)) {
            try {
                round();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "small coins were not swapped", e);
            }
        }
    }

    /// Lets the largest coins of a unit be swapped into few, when they are too many for a payment.
    public void merge(CurrencyUnit unit) {
        crowded.add(unit);
    }

    /// Does once what has to be done now.
    public void round() {
        store.pending(PENDING_MAX)
                .forEach(operation -> finish(operation, vault.runner().runAgain(operation)));
        consolidate(CurrencyUnit.MSAT, SMALL_MSAT, SMALL_MAX, SWAPS_PER_ROUND_MAX);
        consolidate(CurrencyUnit.SAT, SMALL_SAT, SMALL_MAX, SWAPS_PER_ROUND_MAX);
        for (CurrencyUnit unit : List.copyOf(crowded)) {
            crowded.remove(unit);
            consolidate(unit, Long.MAX_VALUE, SpendStore.INPUTS_MAX, 1);
        }
    }

    private void consolidate(CurrencyUnit unit, long amountMax, int least, int swapsMax) {
        for (int swap = 0; swap < swapsMax; swap++) {
            if (!store.hasSmall(unit, amountMax, least)
                    || !(vault.keysets().active(unit)
                            instanceof MintKeysets.Lookup.Found<Keyset>(Keyset keyset))) {
                return;
            }
            Optional<MintOperation> operation =
                    store.begin(
                            unit,
                            amountMax,
                            INPUTS_MAX,
                            this::feePpk,
                            coins -> plan(coins, unit, keyset.id()));
            if (operation.isEmpty()) {
                return;
            }
            OperationResult result = vault.runner().runFirst(operation.get());
            finish(operation.get(), result);
            if (!(result instanceof OperationResult.Done)) {
                return;
            }
        }
    }

    private OptionalLong feePpk(KeysetId id) {
        return vault.keysets().resolve(id)
                        instanceof MintKeysets.Lookup.Found<MintKeysets.KeysetInfo>(var info)
                ? OptionalLong.of(info.inputFeePpk())
                : OptionalLong.empty();
    }

    private MintOperation plan(SpendPicker.Picked coins, CurrencyUnit unit, KeysetId target) {
        List<OutputData> outputs =
                Amounts.split(coins.netSteps()).stream()
                        .map(amount -> OutputData.random(amount, target, random))
                        .toList();
        return new MintOperation(
                UUID.randomUUID(),
                MintOperation.Purpose.CONSOLIDATE,
                coins.proofs().stream().map(VaultProof::proof).toList(),
                Optional.empty(),
                target,
                unit,
                coins.feeSteps(),
                outputs);
    }

    private void finish(MintOperation operation, OperationResult result) {
        switch (result) {
            case OperationResult.Done(var proofs) -> store.done(operation, proofs);
            case OperationResult.Refused(int code) -> {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "operation {0}: the mint refused with code {1}",
                        operation.id(),
                        code);
                vault.keysets().refresh();
                store.refused(operation, code);
            }
            case OperationResult.NotSent() -> store.refused(operation, 0);
            case OperationResult.Pending _ -> {}
        }
    }
}
