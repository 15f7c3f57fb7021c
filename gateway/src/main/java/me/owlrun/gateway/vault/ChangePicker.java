package me.owlrun.gateway.vault;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Picks proofs that add up to an amount exactly, the largest first. That always works out for
/// amounts made by `Amounts.splitForAnyChange` and for kits: in ascending order each of their
/// amounts is at most one more than the sum of those before it.
public final class ChangePicker {

    private ChangePicker() {}

    /// The proofs that add up to the amount.
    ///
    /// @throws IllegalStateException when these proofs cannot, which their making rules out
    public static List<VaultProof> pick(List<VaultProof> proofs, long amount) {
        List<VaultProof> largestFirst = new ArrayList<>(proofs);
        largestFirst.sort(Comparator.comparingLong(VaultProof::amount).reversed());
        List<VaultProof> picked = new ArrayList<>();
        long rest = amount;
        for (VaultProof proof : largestFirst) {
            if (proof.amount() <= rest) {
                picked.add(proof);
                rest -= proof.amount();
            }
        }
        if (rest != 0) {
            throw new IllegalStateException(
                    "change of %d steps cannot be made of %d proofs"
                            .formatted(amount, proofs.size()));
        }
        return picked;
    }
}
