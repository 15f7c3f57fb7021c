package me.owlrun.gateway.vault;

/// Carries out operations at the mint; [OperationRunner] does, and tests that need a mint whose
/// answers get lost, come late or come twice do.
public interface Operations {

    /// Runs an operation that nobody has run before.
    OperationResult runFirst(MintOperation operation);

    /// Runs an operation that may have reached the mint before.
    OperationResult runAgain(MintOperation operation);
}
