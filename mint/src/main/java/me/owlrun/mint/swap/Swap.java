package me.owlrun.mint.swap;

import me.owlrun.cashu.BlindSignature;
import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.Proof;
import me.owlrun.mint.keys.Signer;
import me.owlrun.mint.ledger.Entry;
import me.owlrun.mint.ledger.Ids;
import me.owlrun.mint.ledger.LedgerStore;
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

/// The swap (NUT-03). Signing is local and deterministic, so verify and sign come first and one
/// transaction then spends the inputs and stores the signatures: there is no pending state and
/// nothing to recover. Signatures leave only after the commit.
public final class Swap {

    private final TransferRules rules;
    private final Signer signer;
    private final LedgerStore ledger;
    private final Ids ids;
    private final InstantSource clock;
    private final Steps steps;

    /// @param rules what inputs and outputs must satisfy
    /// @param ledger where spent proofs and signatures are kept
    public Swap(
            TransferRules rules,
            Signer signer,
            LedgerStore ledger,
            Ids ids,
            InstantSource clock,
            Steps steps) {
        this.rules = rules;
        this.signer = signer;
        this.ledger = ledger;
        this.ids = ids;
        this.clock = clock;
        this.steps = steps;
    }

    /// Spends the inputs for the outputs. The same request again gets the same signatures, for ever
    /// (NUT-19).
    public Outcome<List<BlindSignature>> swap(List<Proof> inputs, List<BlindedMessage> outputs) {
        RequestHash requestHash = RequestHash.ofSwap(inputs, outputs);
        var answer = ledger.findAnswer(requestHash);
        if (answer.isPresent()) {
            return new Done<>(signer.proveAgain(answer.get()));
        }
        return rules.check(inputs, outputs)
                .then(transfer -> {
                    if (inputs.isEmpty() || transfer.net() != transfer.outputSum()) {
                        return Outcome.refused(ErrorCode.UNBALANCED);
                    }
                    Optional<ErrorCode> flaw = rules.verify(inputs, outputs, Optional.empty());
                    if (flaw.isPresent()) {
                        return Outcome.refused(flaw.get());
                    }
                    return record(requestHash, transfer, inputs, outputs);
                });
    }

    private Outcome<List<BlindSignature>> record(
            RequestHash requestHash,
            Transfer transfer,
            List<Proof> inputs,
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
        Recorded recorded = ledger.record(new Entry(operation, inputs, outputs, signatures));
        steps.reached(Step.SWAP_COMMITTED);
        steps.changed(new Changed.Spent(inputs));
        return switch (recorded) {
            case Recorded.Fresh() -> new Done<>(signatures);
            case Recorded.Replay(var answer) -> new Done<>(signer.proveAgain(answer));
            case Recorded.Conflict(ErrorCode code) -> Outcome.refused(code);
        };
    }
}
