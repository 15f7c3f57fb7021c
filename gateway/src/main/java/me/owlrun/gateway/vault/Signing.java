package me.owlrun.gateway.vault;

import java.util.function.Supplier;

/// How asking the mint for signatures went. What it signed is not looked at yet: that takes longer
/// than all else a buyer waits for.
public sealed interface Signing {

    /// The mint signed every output: whatever happens now, the inputs are ours.
    ///
    /// @param proofs makes proofs of the signatures and checks each (NUT-12); to be asked once.
    ///   Gives [OperationResult.Done], or [OperationResult.Pending] when the mint signed wrongly
    record Signed(Supplier<OperationResult> proofs) implements Signing {}

    /// It ended in another way.
    record Ended(OperationResult result) implements Signing {}

    /// What a result means that is looked at already.
    static Signing of(OperationResult result) {
        return result instanceof OperationResult.Done
                ? new Signed(() -> result)
                : new Ended(result);
    }
}
