package me.owlrun.mint.ledger;

import me.owlrun.cashu.BlindSignature;
import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.Proof;
import me.owlrun.mint.keys.Signer;

import java.util.ArrayList;
import java.util.List;

/// What one operation writes at once: it happens as a whole or not at all.
///
/// @param operation its row of history
/// @param inputs the proofs it spends
/// @param outputs the blinded messages it answers
/// @param signatures the answers, in the order of the outputs
public record Entry(
        Operation operation,
        List<Proof> inputs,
        List<BlindedMessage> outputs,
        List<BlindSignature> signatures) {

    /// @throws IllegalArgumentException when outputs and signatures do not pair up
    public Entry {
        if (outputs.size() != signatures.size()) {
            throw new IllegalArgumentException("every output has one signature");
        }
    }

    List<Signer.SignedMessage> promises() {
        List<Signer.SignedMessage> promises = new ArrayList<>(outputs.size());
        for (int i = 0; i < outputs.size(); i++) {
            BlindSignature signature = signatures.get(i);
            promises.add(
                    new Signer.SignedMessage(
                            signature.amount(),
                            signature.keysetId(),
                            outputs.get(i).b(),
                            signature.c()));
        }
        return promises;
    }
}
