package me.owlrun.mint.condition;

import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.Proof;
import me.owlrun.hash.Sha256;
import me.owlrun.mint.outcome.ErrorCode;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Enforces the spending conditions of a request's inputs.
public final class Conditions {

    private final InstantSource clock;

    /// @param clock says which locks have expired
    public Conditions(InstantSource clock) {
        this.clock = clock;
    }

    /// What forbids to spend the inputs in this request, if anything does.
    ///
    /// @param outputs of the request, blank ones too
    /// @param quoteId of a melt; empty in a swap
    public Optional<ErrorCode> flaw(
            List<Proof> inputs, List<BlindedMessage> outputs, String quoteId) {
        List<Secret> secrets = new ArrayList<>(inputs.size());
        boolean sigAll = false;
        for (Proof input : inputs) {
            Secret secret = SecretReader.read(input.secret());
            if (secret instanceof Secret.Malformed) {
                return Optional.of(ErrorCode.CONDITION_MALFORMED);
            }
            sigAll |= secret instanceof Secret.Locked(Condition condition) && condition.sigAll();
            secrets.add(secret);
        }
        return sigAll
                ? flawOfAll(secrets, inputs, SigAll.message(inputs, outputs, quoteId))
                : flawOfEach(secrets, inputs);
    }

    private Optional<ErrorCode> flawOfEach(List<Secret> secrets, List<Proof> inputs) {
        for (int i = 0; i < inputs.size(); i++) {
            if (secrets.get(i) instanceof Secret.Locked(Condition condition)) {
                Optional<ErrorCode> flaw = flaw(condition, inputs.get(i), inputs.get(i).secret());
                if (flaw.isPresent()) {
                    return flaw;
                }
            }
        }
        return Optional.empty();
    }

    /// All inputs carry the same lock, and the witness of the first one is for all of them.
    private Optional<ErrorCode> flawOfAll(
            List<Secret> secrets, List<Proof> inputs, String message) {
        if (!(secrets.getFirst() instanceof Secret.Locked(Condition first))) {
            return Optional.of(ErrorCode.CONDITIONS_DIFFER);
        }
        for (Secret secret : secrets) {
            if (!(secret instanceof Secret.Locked(Condition other)) || !first.isSameLock(other)) {
                return Optional.of(ErrorCode.CONDITIONS_DIFFER);
            }
        }
        return flaw(first, inputs.getFirst(), message);
    }

    private Optional<ErrorCode> flaw(Condition condition, Proof proof, String message) {
        boolean expired = condition.isExpired(clock.instant().getEpochSecond());
        if (expired && condition.refund().isEmpty()) {
            return Optional.empty();
        }
        Optional<Witness> read = Witness.read(proof.witness());
        if (read.isEmpty()) {
            return Optional.of(ErrorCode.WITNESS_INVALID);
        }
        Witness witness = read.get();
        List<byte[]> signatures = witness.signatures();
        byte[] hash = Sha256.of(message);
        boolean open =
                condition.isPreimage(witness.preimageHex())
                        && condition.main().isOpenedBy(signatures, hash);
        boolean refundable =
                expired
                        && condition
                                .refund()
                                .filter(path -> path.isOpenedBy(signatures, hash))
                                .isPresent();
        if (open || refundable) {
            return Optional.empty();
        }
        return Optional.of(
                signatures.isEmpty() && condition.main().required() > 0
                        ? ErrorCode.WITNESS_MISSING
                        : ErrorCode.WITNESS_INVALID);
    }
}
