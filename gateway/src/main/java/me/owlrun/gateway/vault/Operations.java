package me.owlrun.gateway.vault;

/// Carries out operations at the mint; [OperationRunner] does, and tests that need a mint whose
/// answers get lost, come late or come twice do.
public interface Operations {

    /// Runs an operation that nobody has run before.
    OperationResult runFirst(MintOperation operation);

    /// Runs an operation that nobody has run before, and leaves the look at the mint's signatures
    /// for later.
    default Signing sign(MintOperation operation) {
        return Signing.of(runFirst(operation));
    }

    /// Runs an operation that may have reached the mint before.
    OperationResult runAgain(MintOperation operation);
}
