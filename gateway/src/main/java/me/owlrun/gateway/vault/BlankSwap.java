package me.owlrun.gateway.vault;

import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.Point;
import me.owlrun.cashu.Proof;
import me.owlrun.money.Msat;

import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/// A swap of proofs of ours into blank outputs of a buyer's wallet (NUT-03, with the blanks of
/// NUT-08), as it is written down before the mint is asked: the same request can be made again at
/// any time.
///
/// @param id its identifier
/// @param paymentId the payment whose change it is
/// @param inputs the proofs it spends
/// @param unit their unit and that of the blanks
/// @param keysetId the keyset that shall sign
/// @param feeSteps what the mint keeps
/// @param outputs the blanks with their amounts, in the buyer's order
public record BlankSwap(
        UUID id,
        String paymentId,
        List<Proof> inputs,
        CurrencyUnit unit,
        KeysetId keysetId,
        long feeSteps,
        List<Sized> outputs) {

    /// A blank with the amount that it gets.
    ///
    /// @param amount steps of the unit
    /// @param pointHex the blinded point B_, checked when it came
    public record Sized(long amount, String pointHex) {}

    /// Takes unmodifiable copies.
    public BlankSwap {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /// What leaves the vault: the buyer's share and the mint's.
    public Msat worth() {
        return unit.toMsat(inputs.stream().mapToLong(Proof::amount).reduce(0, Math::addExact));
    }

    /// What the mint keeps.
    public Msat fee() {
        return unit.toMsat(feeSteps);
    }

    List<BlindedMessage> blindedMessages() {
        return outputs.stream()
                .map(output ->
                        new BlindedMessage(
                                output.amount,
                                keysetId,
                                Point.fromTrustedBytes(HexFormat.of().parseHex(output.pointHex))))
                .toList();
    }
}
