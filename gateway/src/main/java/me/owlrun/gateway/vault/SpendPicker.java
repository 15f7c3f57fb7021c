package me.owlrun.gateway.vault;

import me.owlrun.cashu.Keyset;
import me.owlrun.cashu.KeysetId;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Picks loose proofs that are worth an amount and the mint's fee for them, with as little over as
/// those at hand allow: what is over comes back as change and is tied up until then.
public final class SpendPicker {

    private SpendPicker() {}

    /// What the mint takes for spending a proof of a keyset, per thousand; empty when it does not
    /// know the keyset.
    @FunctionalInterface
    public interface FeeOf {
        OptionalLong ppk(KeysetId keyset);
    }

    /// Proofs to spend.
    ///
    /// @param feeSteps what the mint keeps
    /// @param netSteps what is left of their sum
    public record Picked(List<VaultProof> proofs, long feeSteps, long netSteps) {

        /// Takes an unmodifiable copy.
        public Picked {
            proofs = List.copyOf(proofs);
        }
    }

    /// Picks; empty when these proofs do not suffice.
    ///
    /// @param need steps that must be left after the fee
    /// @param largestFirst what may be spent
    public static Optional<Picked> pick(long need, List<VaultProof> largestFirst, FeeOf fees) {
        Pile pile = new Pile(fees);
        List<VaultProof> skipped = new ArrayList<>();
        for (VaultProof proof : largestFirst) {
            if (pile.net() >= need) {
                break;
            }
            if (fees.ppk(proof.proof().keysetId()).isEmpty()) {
                continue;
            }
            if (proof.amount() > need - pile.net()) {
                skipped.add(proof);
            } else {
                pile.add(proof);
            }
        }
        while (pile.net() < need && !skipped.isEmpty()) {
            pile.add(skipped.removeLast());
        }
        return pile.net() < need ? Optional.empty() : Optional.of(pile.picked());
    }

    /// Everything of a list that is worth more than its fee.
    public static Picked all(List<VaultProof> proofs, FeeOf fees) {
        Pile pile = new Pile(fees);
        proofs.stream()
                .filter(proof -> fees.ppk(proof.proof().keysetId()).isPresent())
                .forEach(pile::add);
        return pile.picked();
    }

    /// What was picked so far.
    private static final class Pile {

        private final List<VaultProof> proofs = new ArrayList<>();
        private final List<Long> feesPpk = new ArrayList<>();
        private final FeeOf fees;
        private long sum;

        private Pile(FeeOf fees) {
            this.fees = fees;
        }

        private void add(VaultProof proof) {
            proofs.add(proof);
            feesPpk.add(fees.ppk(proof.proof().keysetId()).orElseThrow());
            sum = Math.addExact(sum, proof.amount());
        }

        private long fee() {
            return Keyset.transactionFee(feesPpk);
        }

        private long net() {
            return sum - fee();
        }

        private Picked picked() {
            return new Picked(proofs, fee(), net());
        }
    }
}
