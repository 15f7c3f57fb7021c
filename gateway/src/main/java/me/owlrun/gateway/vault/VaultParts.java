package me.owlrun.gateway.vault;

import me.owlrun.gateway.http.Problem;

import java.util.List;

/// What reaches the mint.
///
/// @param exchanger makes coins of one unit of those of the other
/// @param bootId which start of which gateway this is
public record VaultParts(
        MintClient client,
        MintKeysets keysets,
        OperationRunner runner,
        Exchanger exchanger,
        String bootId) {

    static final Problem MINT_AWAY =
            new Problem(
                    "mint_unavailable",
                    "The mint does not answer",
                    "Check that the mint runs and that mint.url is right; tokens are not claimed"
                            + " meanwhile.");

    /// Asks the mint for a sign of life.
    public List<Problem> problems() {
        return switch (client.keysets()) {
            case MintAnswer.NotSent<?> _ -> List.of(MINT_AWAY);
            case MintAnswer.Unknown<?> _ -> List.of(MINT_AWAY);
            case MintAnswer.Ok<?> _ -> List.of();
            case MintAnswer.Refused<?> _ -> List.of();
        };
    }
}
