package me.owlrun.gateway.vault;

/// What reaches the mint.
///
/// @param exchanger makes coins of one unit of those of the other
/// @param bootId which start of which gateway this is
public record VaultParts(
        MintClient client,
        MintKeysets keysets,
        OperationRunner runner,
        Exchanger exchanger,
        String bootId) {}
