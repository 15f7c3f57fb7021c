package me.owlrun.mint.subscribe;

import me.owlrun.cashu.Proof;
import me.owlrun.mint.step.Changed;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// One thing that changed. Its state is read when somebody watches it, with one exception: that a
/// payment began is told even if it ended in the same moment.
///
/// @param kind what it is
/// @param filter which one
/// @param pending whether it became pending
record Touched(Kind kind, String filter, boolean pending) {

    private static final char PENDING_MARK = '!';

    /// What a commit touched.
    ///
    /// @param proofs whether proofs matter; finding their points costs time
    static List<Touched> of(Changed change, boolean proofs) {
        List<Touched> touched = new ArrayList<>();
        switch (change) {
            case Changed.MintQuoteMade(UUID id, var _) ->
                    touched.add(new Touched(Kind.MINT_QUOTE, id.toString(), false));
            case Changed.MintQuote(UUID id) ->
                    touched.add(new Touched(Kind.MINT_QUOTE, id.toString(), false));
            case Changed.Spent(List<Proof> inputs) -> add(touched, inputs, proofs, false);
            case Changed.MeltBegun(UUID id, List<Proof> inputs) -> {
                touched.add(new Touched(Kind.MELT_QUOTE, id.toString(), true));
                add(touched, inputs, proofs, true);
            }
            case Changed.MeltEnded(UUID id, List<Proof> inputs) -> {
                touched.add(new Touched(Kind.MELT_QUOTE, id.toString(), false));
                add(touched, inputs, proofs, false);
            }
        }
        return touched;
    }

    private static void add(
            List<Touched> touched, List<Proof> inputs, boolean proofs, boolean pending) {
        if (proofs) {
            inputs.forEach(p -> touched.add(new Touched(Kind.PROOF, p.y().toHex(), pending)));
        }
    }

    /// The end of a payment: whatever is pending may be so no longer.
    boolean endsMelt() {
        return kind == Kind.MELT_QUOTE && !pending;
    }

    /// Its form in a notice to other processes.
    String token() {
        return kind.letter() + (pending ? String.valueOf(PENDING_MARK) : "") + filter;
    }

    static Optional<Touched> ofToken(String token) {
        boolean pending = token.indexOf(PENDING_MARK) == 1;
        return token.isEmpty()
                ? Optional.empty()
                : Kind.of(token.charAt(0))
                        .map(kind -> new Touched(kind, token.substring(pending ? 2 : 1), pending));
    }
}
