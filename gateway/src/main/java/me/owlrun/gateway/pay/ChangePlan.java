package me.owlrun.gateway.pay;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Keyset;
import me.owlrun.cashu.Proof;
import me.owlrun.gateway.vault.BlankSwap;
import me.owlrun.gateway.vault.ChangePicker;
import me.owlrun.gateway.vault.ClaimRows;
import me.owlrun.gateway.vault.InputFees;
import me.owlrun.gateway.vault.VaultProof;
import me.owlrun.money.Msat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/// How the change of one payment leaves: exact proofs, from the payment's own and in sats for the
/// rest below a sat from its kit; as a token, or by a swap into the buyer's blanks.
///
/// @param gift the proofs
/// @param swaps those of them that are swapped
/// @param change what the buyer is told while no swap has run
record ChangePlan(ClaimRows.Gift gift, List<BlankSwap> swaps, Change change) {

    /// What makes plans.
    record Maker(ChangeTokens tokens, InputFees fees) {

        /// The plan for a payment that cost so much.
        ChangePlan plan(Payment payment, Msat cost, ClaimRows.Held held) {
            Msat change = payment.paid().minus(cost);
            CurrencyUnit unit = payment.unit();
            long rest = unit == CurrencyUnit.SAT ? change.subSat().value() : 0;
            List<VaultProof> own = ChangePicker.pick(held.own(), unit.floorSteps(change));
            List<VaultProof> small = ChangePicker.pick(held.kit(), rest);
            Optional<BlankSwap> ownSwap = swap(payment, own, unit);
            Optional<BlankSwap> smallSwap = swap(payment, small, CurrencyUnit.MSAT);
            List<BlankSwap> swaps = new ArrayList<>();
            ownSwap.ifPresent(swaps::add);
            smallSwap.ifPresent(swaps::add);
            Msat fee = swaps.stream().map(BlankSwap::fee).reduce(Msat.ZERO, Msat::plus);
            return new ChangePlan(
                    new ClaimRows.Gift(
                            payment.id(),
                            new ClaimRows.Part(own, ownSwap.map(BlankSwap::id)),
                            new ClaimRows.Part(small, smallSwap.map(BlankSwap::id))),
                    swaps,
                    new Change(
                            ownSwap.isPresent() ? "" : token(payment, own, unit),
                            small.isEmpty() || smallSwap.isPresent()
                                    ? Optional.empty()
                                    : Optional.of(token(payment, small, CurrencyUnit.MSAT)),
                            payment.blanks()
                                    .map(_ -> new BlindChange(List.of(), !swaps.isEmpty(), fee)),
                            change,
                            cost));
        }

        private String token(Payment payment, List<VaultProof> proofs, CurrencyUnit unit) {
            return tokens.token(payment.encoding(), proofs(proofs), unit);
        }

        /// The swap of proofs into the blanks of their unit; empty when there are no such blanks,
        /// or when nothing would be left after the mint's fee.
        private Optional<BlankSwap> swap(
                Payment payment, List<VaultProof> proofs, CurrencyUnit unit) {
            Optional<Blanks.Group> group = payment.blanks().flatMap(blanks -> blanks.of(unit));
            OptionalLong fee = fee(proofs);
            long steps = proofs.stream().mapToLong(VaultProof::amount).sum();
            if (group.isEmpty() || fee.isEmpty() || steps <= fee.getAsLong()) {
                return Optional.empty();
            }
            return Optional.of(
                    new BlankSwap(
                            UUID.randomUUID(),
                            payment.id(),
                            proofs(proofs),
                            unit,
                            group.get().keysetId(),
                            fee.getAsLong(),
                            group.get().sized(steps - fee.getAsLong())));
        }

        private OptionalLong fee(List<VaultProof> proofs) {
            List<Long> ppk = new ArrayList<>();
            for (VaultProof proof : proofs) {
                OptionalLong known = fees.ppk(proof.proof().keysetId());
                if (known.isEmpty()) {
                    return OptionalLong.empty();
                }
                ppk.add(known.getAsLong());
            }
            return OptionalLong.of(Keyset.transactionFee(ppk));
        }

        private static List<Proof> proofs(List<VaultProof> proofs) {
            return proofs.stream().map(VaultProof::proof).toList();
        }
    }

    /// What waits for its swaps.
    Msat due() {
        return swaps.stream().map(BlankSwap::worth).reduce(Msat.ZERO, Msat::plus);
    }
}
