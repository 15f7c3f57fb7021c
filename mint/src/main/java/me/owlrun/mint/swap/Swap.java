package me.owlrun.mint.swap;

import me.owlrun.cashu.BlindSignature;
import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.Point;
import me.owlrun.cashu.Proof;
import me.owlrun.mint.keys.Signer;
import me.owlrun.mint.ledger.Entry;
import me.owlrun.mint.ledger.Ids;
import me.owlrun.mint.ledger.Journal;
import me.owlrun.mint.ledger.Operation;
import me.owlrun.mint.ledger.Recorded;
import me.owlrun.mint.ledger.RequestHash;
import me.owlrun.mint.ledger.TransferRules;
import me.owlrun.mint.ledger.TransferRules.Transfer;
import me.owlrun.mint.outcome.ErrorCode;
import me.owlrun.mint.outcome.Outcome;
import me.owlrun.mint.outcome.Outcome.Done;
import me.owlrun.mint.step.Changed;
import me.owlrun.mint.step.Step;
import me.owlrun.mint.step.Steps;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// The swap (NUT-03). Signing is local and deterministic, so verify and sign come first and one
/// transaction then spends the inputs and stores the signatures: there is no pending state and
/// nothing to recover. Signatures leave only after the commit.
public final class Swap {

    private final TransferRules rules;
    private final Signer signer;
    private final Journal journal;
    private final Ids ids;
    private final InstantSource clock;
    private final Steps steps;

    /// @param rules what inputs and outputs must satisfy
    /// @param journal where spent proofs and signatures are kept
    public Swap(
            TransferRules rules,
            Signer signer,
            Journal journal,
            Ids ids,
            InstantSource clock,
            Steps steps) {
        this.rules = rules;
        this.signer = signer;
        this.journal = journal;
        this.ids = ids;
        this.clock = clock;
        this.steps = steps;
    }

    /// Spends the inputs for the outputs. The same request again gets the same signatures, for ever
    /// (NUT-19), whatever became of keysets and rules meanwhile.
    public Outcome<List<BlindSignature>> swap(List<Proof> inputs, List<BlindedMessage> outputs) {
        RequestHash requestHash = RequestHash.ofSwap(inputs, outputs);
        Outcome<Transfer> checked =
                rules.check(inputs, outputs)
                        .then(transfer ->
                                inputs.isEmpty() || transfer.net() != transfer.outputSum()
                                        ? Outcome.refused(ErrorCode.UNBALANCED)
                                        : new Done<>(transfer));
        List<Point> ys = checked instanceof Done ? Entry.points(inputs) : List.of();
        return journal.look(requestHash, ys)
                .then(seen -> {
                    if (seen.answer().isPresent()) {
                        return new Done<>(signer.proveAgain(seen.answer().get()));
                    }
                    return checked.then(transfer -> {
                        Optional<ErrorCode> flaw = flaw(inputs, outputs, seen);
                        return flaw.isPresent()
                                ? Outcome.refused(flaw.get())
                                : record(requestHash, transfer, inputs, ys, outputs);
                    });
                });
    }

    /// Nothing is verified for inputs that are all spent, and nothing signed when any is taken:
    /// both cost far more than a look-up.
    private Optional<ErrorCode> flaw(
            List<Proof> inputs, List<BlindedMessage> outputs, Journal.Seen seen) {
        return seen.allSpent()
                ? seen.inputs()
                : rules.verify(inputs, outputs, Optional.empty()).or(seen::inputs);
    }

    private Outcome<List<BlindSignature>> record(
            RequestHash requestHash,
            Transfer transfer,
            List<Proof> inputs,
            List<Point> ys,
            List<BlindedMessage> outputs) {
        steps.reached(Step.SWAP_VERIFIED);
        List<BlindSignature> signatures = signer.sign(outputs);
        steps.reached(Step.SWAP_SIGNED);
        Operation operation =
                new Operation(
                        ids.next(),
                        Operation.Kind.SWAP,
                        transfer.unit(),
                        requestHash,
                        Optional.empty(),
                        transfer.inputSum(),
                        transfer.outputSum(),
                        transfer.fee(),
                        clock.instant());
        Recorded recorded =
                journal.record(
                        new Entry(operation, inputs, ys, outputs, signatures, new TreeMap<>()));
        steps.reached(Step.SWAP_COMMITTED);
        if (recorded instanceof Recorded.Fresh) {
            steps.changed(new Changed.Spent(inputs));
        }
        return switch (recorded) {
            case Recorded.Fresh() -> new Done<>(signatures);
            case Recorded.Replay(var answer) -> new Done<>(signer.proveAgain(answer));
            case Recorded.Conflict(ErrorCode code) -> Outcome.refused(code);
        };
    }
}
