package me.owlrun.gateway.vault;

import me.owlrun.cashu.BlindSignature;
import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.Keyset;
import me.owlrun.cashu.Point;
import me.owlrun.gateway.instance.StopSignal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Swaps into blanks of buyers' wallets at the mint and never guesses.
///
/// The blanks are not ours: a buyer may send the same twice. So a refusal is settled by the state
/// of our own proofs (NUT-07), which nobody else can spend: unspent means that the swap has not
/// happened, spent that it has, and then the mint still knows its signatures (NUT-09).
public final class BlankRunner implements BlankSwaps {

    private static final System.Logger LOG = System.getLogger(BlankRunner.class.getName());

    private static final int ATTEMPTS_MAX = 2;
    private static final Duration ATTEMPT_GAP = Duration.ofMillis(300);

    /// The codes about proofs, outputs and keysets. Others may pass, such as a mint that is paused.
    private static final int LASTING_CODES_MIN = 10_000;

    private static final int LASTING_CODES_END = 20_000;

    private final MintClient client;
    private final MintKeysets keysets;
    private final StopSignal stop;

    public BlankRunner(MintClient client, MintKeysets keysets, StopSignal stop) {
        this.client = client;
        this.keysets = keysets;
        this.stop = stop;
    }

    @Override
    public BlankResult run(BlankSwap swap) {
        if (!(keysets.keys(swap.keysetId())
                instanceof MintKeysets.Lookup.Found<Keyset>(Keyset keyset))) {
            return new BlankResult.Open("the mint does not tell its keys");
        }
        List<BlindedMessage> outputs = swap.blindedMessages();
        String reason = "";
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            if (attempt > 0 && stop.isStoppingWithin(ATTEMPT_GAP)) {
                break;
            }
            switch (client.swap(swap.inputs(), outputs)) {
                case MintAnswer.Ok<List<BlindSignature>>(List<BlindSignature> signatures) -> {
                    return checked(swap, outputs, keyset, signatures);
                }
                case MintAnswer.Refused<List<BlindSignature>>(int code) -> {
                    return refused(swap, outputs, keyset, code);
                }
                case MintAnswer.NotSent<List<BlindSignature>>() -> reason = "not reached";
                case MintAnswer.Unknown<List<BlindSignature>>(String seen) -> reason = seen;
            }
        }
        return new BlankResult.Open(reason);
    }

    private BlankResult refused(
            BlankSwap swap, List<BlindedMessage> outputs, Keyset keyset, int code) {
        if (!(client.states(swap.inputs())
                        instanceof MintAnswer.Ok<List<String>>(List<String> states))
                || states.size() != swap.inputs().size()) {
            return new BlankResult.Open("code " + code + ", and the proofs' states are unknown");
        }
        if (states.stream().allMatch("SPENT"::equals)) {
            return restored(swap, outputs, keyset);
        }
        boolean lasting = code >= LASTING_CODES_MIN && code < LASTING_CODES_END;
        return lasting && states.stream().allMatch("UNSPENT"::equals)
                ? new BlankResult.Refused(code)
                : new BlankResult.Open("code " + code);
    }

    /// Our proofs are spent, by an earlier run of this swap: nobody else has them.
    private BlankResult restored(BlankSwap swap, List<BlindedMessage> outputs, Keyset keyset) {
        if (!(client.restore(outputs)
                instanceof MintAnswer.Ok<MintClient.Restored>(MintClient.Restored restored))) {
            return new BlankResult.Open("spent, and the mint does not tell the signatures");
        }
        Map<Point, BlindSignature> byOutput = new HashMap<>();
        int known = Math.min(restored.outputs().size(), restored.signatures().size());
        for (int i = 0; i < known; i++) {
            byOutput.put(restored.outputs().get(i), restored.signatures().get(i));
        }
        List<BlindSignature> signatures = new ArrayList<>();
        for (BlindedMessage output : outputs) {
            Optional.ofNullable(byOutput.get(output.b())).ifPresent(signatures::add);
        }
        return checked(swap, outputs, keyset, signatures);
    }

    private static BlankResult checked(
            BlankSwap swap,
            List<BlindedMessage> outputs,
            Keyset keyset,
            List<BlindSignature> signatures) {
        boolean good = signatures.size() == outputs.size();
        for (int i = 0; good && i < outputs.size(); i++) {
            good = fits(outputs.get(i), keyset, signatures.get(i));
        }
        if (good) {
            return new BlankResult.Signed(signatures);
        }
        LOG.log(
                System.Logger.Level.ERROR,
                "change {0}: the mint''s signatures do not fit; ask its operator",
                swap.id());
        return new BlankResult.Open("signatures that do not fit");
    }

    private static boolean fits(BlindedMessage output, Keyset keyset, BlindSignature signature) {
        Optional<Point> key = keyset.key(output.amount());
        return signature.amount() == output.amount()
                && signature.keysetId().equals(output.keysetId())
                && key.isPresent()
                && signature
                        .dleq()
                        .map(dleq -> dleq.verify(key.get(), output.b(), signature.c()))
                        .orElse(true);
    }
}
