package me.owlrun.gateway.vault;

import me.owlrun.cashu.BlindSignature;
import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.CashuFormatException;
import me.owlrun.cashu.Keyset;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Point;
import me.owlrun.cashu.Proof;
import me.owlrun.gateway.instance.StopSignal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// Carries out operations at the mint and never guesses.
///
/// A lost answer is met by the same request again: our own mint answers a repeat for ever (NUT-19),
/// any other says that the inputs are spent or the outputs signed, and then its record of our
/// outputs tells whether that was us (NUT-09). Only a clear refusal with none of our outputs signed
/// is a refusal; everything else stays pending.
public final class OperationRunner implements Operations {

    private static final System.Logger LOG = System.getLogger(OperationRunner.class.getName());

    private static final int ATTEMPTS_MAX = 2;
    private static final Duration ATTEMPT_GAP = Duration.ofMillis(300);

    /// Inputs spent, outputs signed, quote issued: possibly by our own earlier request.
    private static final Set<Integer> DONE_BEFORE_CODES = Set.of(11001, 11003, 20002);

    /// The codes that name a reason. Any other says only that something failed: an earlier request
    /// of ours may still be at work.
    private static final int CODED_FAILURES_MIN = 10_000;

    private static final int UNCODED_FAILURES_MIN = 50_000;

    private final MintClient client;
    private final MintKeysets keysets;
    private final StopSignal stop;

    public OperationRunner(MintClient client, MintKeysets keysets, StopSignal stop) {
        this.client = client;
        this.keysets = keysets;
        this.stop = stop;
    }

    @Override
    public OperationResult runFirst(MintOperation operation) {
        return result(sign(operation));
    }

    @Override
    public Signing sign(MintOperation operation) {
        return run(operation, false);
    }

    @Override
    public OperationResult runAgain(MintOperation operation) {
        return result(run(operation, true));
    }

    private static OperationResult result(Signing signing) {
        return switch (signing) {
            case Signing.Signed(Supplier<OperationResult> proofs) -> proofs.get();
            case Signing.Ended(OperationResult result) -> result;
        };
    }

    private Signing run(MintOperation operation, boolean reachedBefore) {
        if (!(keysets.keys(operation.keysetId())
                instanceof MintKeysets.Lookup.Found<Keyset>(Keyset keyset))) {
            return new Signing.Ended(
                    reachedBefore
                            ? new OperationResult.Pending("the mint does not tell its keys")
                            : new OperationResult.NotSent());
        }
        List<BlindedMessage> outputs = operation.blindedMessages();
        boolean reached = reachedBefore;
        String reason = "";
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            if (attempt > 0 && stop.isStoppingWithin(ATTEMPT_GAP)) {
                break;
            }
            switch (send(operation, outputs)) {
                case MintAnswer.Ok<List<BlindSignature>>(List<BlindSignature> signatures) -> {
                    return signed(operation, keyset, outputs, signatures);
                }
                case MintAnswer.Refused<List<BlindSignature>>(int code) -> {
                    return Signing.of(refused(operation, keyset, outputs, code, reached));
                }
                case MintAnswer.NotSent<List<BlindSignature>>() -> reason = "not reached";
                case MintAnswer.Unknown<List<BlindSignature>>(String seen) -> {
                    reached = true;
                    reason = seen;
                }
            }
        }
        return new Signing.Ended(
                reached ? new OperationResult.Pending(reason) : new OperationResult.NotSent());
    }

    private static Signing signed(
            MintOperation operation,
            Keyset keyset,
            List<BlindedMessage> outputs,
            List<BlindSignature> signatures) {
        return signatures.size() == outputs.size()
                ? new Signing.Signed(() -> unblind(operation, keyset, outputs, signatures))
                : new Signing.Ended(
                        new OperationResult.Pending("the mint sent another number of signatures"));
    }

    private MintAnswer<List<BlindSignature>> send(
            MintOperation operation, List<BlindedMessage> outputs) {
        Optional<String> quote = operation.quoteId();
        return quote.isPresent()
                ? client.mint(quote.get(), outputs)
                : client.swap(operation.inputs(), outputs);
    }

    private OperationResult refused(
            MintOperation operation,
            Keyset keyset,
            List<BlindedMessage> outputs,
            int code,
            boolean reached) {
        if (!reached && !DONE_BEFORE_CODES.contains(code)) {
            return new OperationResult.Refused(code);
        }
        return switch (client.restore(outputs)) {
            case MintAnswer.Ok<MintClient.Restored>(MintClient.Restored restored) ->
                    restored(operation, keyset, outputs, restored, code);
            case MintAnswer.Refused<MintClient.Restored>(int restoreCode) ->
                    new OperationResult.Pending("restore refused with code " + restoreCode);
            case MintAnswer.NotSent<MintClient.Restored>() ->
                    new OperationResult.Pending("restore not reached");
            case MintAnswer.Unknown<MintClient.Restored>(String reason) ->
                    new OperationResult.Pending("restore: " + reason);
        };
    }

    private OperationResult restored(
            MintOperation operation,
            Keyset keyset,
            List<BlindedMessage> outputs,
            MintClient.Restored restored,
            int code) {
        Map<Point, BlindSignature> byOutput = new HashMap<>();
        int known = Math.min(restored.outputs().size(), restored.signatures().size());
        for (int i = 0; i < known; i++) {
            byOutput.put(restored.outputs().get(i), restored.signatures().get(i));
        }
        if (byOutput.isEmpty()) {
            return code < CODED_FAILURES_MIN || code >= UNCODED_FAILURES_MIN
                    ? new OperationResult.Pending("the mint fails with code " + code)
                    : new OperationResult.Refused(code);
        }
        List<BlindSignature> signatures = new ArrayList<>();
        for (BlindedMessage output : outputs) {
            Optional.ofNullable(byOutput.get(output.b())).ifPresent(signatures::add);
        }
        if (signatures.size() < outputs.size()) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "operation {0}: the mint signed only some outputs; ask its operator",
                    operation.id());
            return new OperationResult.Pending("partly signed");
        }
        return unblind(operation, keyset, outputs, signatures);
    }

    private static OperationResult unblind(
            MintOperation operation,
            Keyset keyset,
            List<BlindedMessage> sent,
            List<BlindSignature> signatures) {
        List<OutputData> outputs = operation.outputs();
        try {
            List<Proof> proofs = new ArrayList<>(outputs.size());
            for (int i = 0; i < outputs.size(); i++) {
                proofs.add(outputs.get(i).unblind(signatures.get(i), keyset, sent.get(i)));
            }
            return new OperationResult.Done(proofs);
        } catch (CashuFormatException e) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "operation {0}: the mint''s signatures are wrong ({1}); do not use this mint",
                    operation.id(),
                    e.getMessage());
            return new OperationResult.Pending("wrong signatures");
        }
    }
}
