package me.owlrun.gateway.vault;

import me.owlrun.cashu.Amounts;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Proof;

import java.security.SecureRandom;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Plans payments with coins of the vault, and how their coins are taken back.
///
/// @param random makes the secrets
public record MeltPlans(SecureRandom random) {

    /// A payment with blanks for all that may come back.
    ///
    /// @param amountSteps what arrives
    /// @param target the keyset of what comes back
    public MintOperation melt(
            MintOperation.Purpose purpose,
            SpendPicker.Picked inputs,
            String quoteId,
            long amountSteps,
            CurrencyUnit unit,
            KeysetId target) {
        long over = inputs.netSteps() - amountSteps;
        int blanks = Long.SIZE - Long.numberOfLeadingZeros(over);
        List<Proof> proofs = inputs.proofs().stream().map(VaultProof::proof).toList();
        List<OutputData> outputs = outputs(Collections.nCopies(blanks, 1L), target);
        return new MintOperation(
                UUID.randomUUID(),
                purpose,
                proofs,
                Optional.of(quoteId),
                outputs.isEmpty() ? proofs.getFirst().keysetId() : target,
                unit,
                inputs.feeSteps(),
                outputs);
    }

    /// The swap of a payment's coins into new ones of ours.
    ///
    /// @param target the keyset of the new ones
    public MintOperation recall(MintOperation payment, KeysetId target) {
        return new MintOperation(
                UUID.randomUUID(),
                MintOperation.Purpose.RECALL,
                payment.inputs(),
                Optional.empty(),
                target,
                payment.unit(),
                payment.feeSteps(),
                outputs(Amounts.split(payment.inputSteps() - payment.feeSteps()), target));
    }

    /// Fresh outputs.
    public List<OutputData> outputs(List<Long> amounts, KeysetId target) {
        return amounts.stream().map(amount -> OutputData.random(amount, target, random)).toList();
    }
}
