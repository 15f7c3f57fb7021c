package me.owlrun.mint.ledger;

import me.owlrun.cashu.BlindSignature;
import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.Point;
import me.owlrun.cashu.Proof;
import me.owlrun.mint.keys.Signer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/// What one operation writes at once: it happens as a whole or not at all.
///
/// @param operation its row of history
/// @param inputs the proofs it spends
/// @param ys the points of the inputs' secrets, in their order
/// @param outputs the blinded messages it answers
/// @param signatures the answers, in the order of the outputs
/// @param issues what it takes from mint quotes, in steps of the unit
public record Entry(
        Operation operation,
        List<Proof> inputs,
        List<Point> ys,
        List<BlindedMessage> outputs,
        List<BlindSignature> signatures,
        SortedMap<UUID, Long> issues) {

    /// @throws IllegalArgumentException when outputs and signatures, or inputs and points, do not
    ///   pair up
    public Entry {
        if (outputs.size() != signatures.size()) {
            throw new IllegalArgumentException("every output has one signature");
        }
        if (inputs.size() != ys.size()) {
            throw new IllegalArgumentException("every input has one point");
        }
        issues = Collections.unmodifiableSortedMap(new TreeMap<>(issues));
    }

    /// An entry that takes nothing from mint quotes.
    public Entry(
            Operation operation,
            List<Proof> inputs,
            List<BlindedMessage> outputs,
            List<BlindSignature> signatures) {
        this(operation, inputs, points(inputs), outputs, signatures, new TreeMap<>());
    }

    /// The points of the secrets of proofs, in their order.
    public static List<Point> points(List<Proof> proofs) {
        return proofs.stream().map(Proof::y).toList();
    }

    /// The same entry, taking from mint quotes.
    ///
    /// @param taken steps of the unit, per quote
    public Entry issuing(SortedMap<UUID, Long> taken) {
        return new Entry(operation, inputs, ys, outputs, signatures, taken);
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
