package me.owlrun.gateway.vault;

import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Proof;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// A swap, mint or melt as it is written down before the mint is asked: with it the same request
/// can be made again at any time, and its outputs found at the mint (NUT-09).
///
/// @param id its identifier
/// @param purpose what it is for
/// @param inputs the proofs it spends; empty for a mint
/// @param quoteId the quote of a mint or melt
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
        FLOAT,
        /// Turns what somebody pays into its account into loose proofs.
        TOPUP,
        /// Turns loose proofs into those of a withdrawal and change of ours.
        WITHDRAW,
        /// Turns many small loose proofs into few large ones.
        CONSOLIDATE,
        /// Pays an invoice with loose proofs; its outputs are blanks for what is left (NUT-08).
        PAYOUT,
        /// Takes the inputs of a payment that did not happen out of its reach.
        RECALL,
        /// Pays our own invoice with loose proofs of one unit; its outputs are blanks.
        EXCHANGE_PAY,
        /// Takes what such an invoice paid for as loose proofs of the other unit.
        EXCHANGE_TAKE
    }

    /// How the mint is asked.
    public enum Kind {
        /// Ecash for ecash (NUT-03).
        SWAP,
        /// A paid invoice for ecash (NUT-04).
        MINT,
        /// Ecash for a paid invoice (NUT-05).
        MELT
    }

    /// Takes unmodifiable copies.
    public MintOperation {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /// How the mint is asked.
    public Kind kind() {
        if (quoteId.isEmpty()) {
            return Kind.SWAP;
        }
        return purpose == Purpose.PAYOUT || purpose == Purpose.EXCHANGE_PAY ? Kind.MELT : Kind.MINT;
    }

    /// What the inputs are worth together, in steps.
    public long inputSteps() {
        return inputs.stream().mapToLong(Proof::amount).reduce(0, Math::addExact);
    }

    public List<BlindedMessage> blindedMessages() {
        return outputs.stream().map(OutputData::blindedMessage).toList();
    }
}
