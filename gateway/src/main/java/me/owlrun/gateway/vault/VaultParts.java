package me.owlrun.gateway.vault;

/// What reaches the mint.
///
/// @param bootId which start of which gateway this is
public record VaultParts(
        MintClient client, MintKeysets keysets, OperationRunner runner, String bootId) {}
