package me.owlrun.gateway.vault;

import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Proof;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// A swap or mint as it is written down before the mint is asked: with it the same request can be
/// made again at any time, and its outputs found at the mint (NUT-09).
///
/// @param id its identifier
/// @param purpose what it is for
/// @param inputs the proofs it spends; empty for a mint
/// @param quoteId the paid invoice of a mint
/// @param keysetId the keyset of the outputs
/// @param unit the unit of inputs and outputs
/// @param feeSteps what the mint keeps of a swap
/// @param outputs what we get, in order
public record MintOperation(
        UUID id,
        Purpose purpose,
        List<Proof> inputs,
        Optional<String> quoteId,
        KeysetId keysetId,
        CurrencyUnit unit,
        long feeSteps,
        List<OutputData> outputs) {

    /// What operations are for.
    public enum Purpose {
        /// Turns a buyer's proofs into ours.
        CLAIM,
        /// Turns loose proofs into kits of small coins.
        KITS,
        /// Turns a paid invoice into the first loose proofs.
        FLOAT
    }

    /// Takes unmodifiable copies.
    public MintOperation {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    public List<BlindedMessage> blindedMessages() {
        return outputs.stream().map(OutputData::blindedMessage).toList();
    }
}
