package me.owlrun.gateway.vault;

import me.owlrun.cashu.Proof;

import java.util.List;
import java.util.Optional;

/// Asks the mint whether proofs were spent (NUT-07).
public final class SpentCheck {

    private final MintClient client;

    public SpentCheck(MintClient client) {
        this.client = client;
    }

    /// Whether all of them are spent; empty when the mint does not tell.
    public Optional<Boolean> areSpent(List<Proof> proofs) {
        return client.states(proofs) instanceof MintAnswer.Ok<List<String>>(List<String> states)
                        && states.size() == proofs.size()
                ? Optional.of(states.stream().allMatch("SPENT"::equals))
                : Optional.empty();
    }
}
