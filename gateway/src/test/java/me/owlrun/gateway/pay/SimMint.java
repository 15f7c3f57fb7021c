package me.owlrun.gateway.pay;

import me.owlrun.cashu.BlindSignature;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Point;
import me.owlrun.cashu.Proof;
import me.owlrun.cashu.Scalar;
import me.owlrun.gateway.vault.BlankResult;
import me.owlrun.gateway.vault.BlankSwap;
import me.owlrun.gateway.vault.BlankSwaps;
import me.owlrun.gateway.vault.MintOperation;
import me.owlrun.gateway.vault.OperationResult;
import me.owlrun.gateway.vault.Operations;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// A mint without curve and network: it refuses, is not reached, loses its answers, or gets
/// requests late, by the dice of whoever asks. What it has done it remembers for ever.
final class SimMint implements Operations, BlankSwaps {

    private static final Point POINT = new Scalar(BigInteger.TWO).publicKey();
    private static final int PROOFS_SPENT = 11001;
    private static final int OUTPUTS_SIGNED = 11003;

    private static final ThreadLocal<SplittableRandom> DICE =
            ThreadLocal.withInitial(() -> new SplittableRandom(0));

    private final ConcurrentMap<UUID, Fate> fates = new ConcurrentHashMap<>();
    private volatile boolean healthy;

    /// What became of an operation's inputs.
    enum Fate {
        /// Spent by the operation.
        SIGNED,
        /// Spent by somebody else, before.
        REFUSED,
        /// Still the buyer's.
        UNTOUCHED
    }

    /// Decides what the caller's thread meets from now on.
    void roll(SplittableRandom random) {
        DICE.set(random);
    }

    /// From now on everything is answered.
    void heal() {
        healthy = true;
    }

    void ail() {
        healthy = false;
    }

    Fate fate(UUID operation) {
        return fates.getOrDefault(operation, Fate.UNTOUCHED);
    }

    @Override
    public OperationResult runFirst(MintOperation operation) {
        int d = healthy ? 0 : DICE.get().nextInt(100);
        if (d < 55) {
            return carryOut(operation);
        }
        if (d < 65) {
            fates.put(operation.id(), Fate.REFUSED);
            return new OperationResult.Refused(PROOFS_SPENT);
        }
        if (d < 73) {
            return new OperationResult.NotSent();
        }
        if (d < 87) {
            var _ = carryOut(operation);
            return new OperationResult.Pending("the answer is lost");
        }
        return new OperationResult.Pending("the request is lost, or late");
    }

    @Override
    public OperationResult runAgain(MintOperation operation) {
        if (!healthy && DICE.get().nextInt(100) < 40) {
            if (DICE.get().nextBoolean()) {
                var _ = carryOut(operation);
            }
            return new OperationResult.Pending("no answer");
        }
        return fate(operation.id()) == Fate.REFUSED
                ? new OperationResult.Refused(PROOFS_SPENT)
                : carryOut(operation);
    }

    @Override
    public BlankResult run(BlankSwap swap) {
        int d = healthy ? 0 : DICE.get().nextInt(100);
        if (fate(swap.id()) == Fate.REFUSED || (d >= 60 && d < 70)) {
            return fates.putIfAbsent(swap.id(), Fate.REFUSED) == Fate.SIGNED
                    ? sign(swap)
                    : new BlankResult.Refused(OUTPUTS_SIGNED);
        }
        if (d < 60) {
            return sign(swap);
        }
        if (d < 85) {
            var _ = sign(swap);
            return new BlankResult.Open("the answer is lost");
        }
        return new BlankResult.Open("the request is lost");
    }

    private BlankResult sign(BlankSwap swap) {
        if (fates.putIfAbsent(swap.id(), Fate.SIGNED) == Fate.REFUSED) {
            return new BlankResult.Open("refused meanwhile");
        }
        return new BlankResult.Signed(
                swap.outputs().stream()
                        .map(output ->
                                new BlindSignature(
                                        output.amount(), swap.keysetId(), POINT, Optional.empty()))
                        .toList());
    }

    private OperationResult carryOut(MintOperation operation) {
        if (fates.putIfAbsent(operation.id(), Fate.SIGNED) == Fate.REFUSED) {
            return new OperationResult.Pending("refused meanwhile");
        }
        List<Proof> proofs = new ArrayList<>();
        for (OutputData output : operation.outputs()) {
            proofs.add(
                    new Proof(
                            output.amount(),
                            output.keysetId(),
                            output.secret(),
                            POINT,
                            Optional.empty(),
                            Optional.empty()));
        }
        return new OperationResult.Done(proofs);
    }
}
