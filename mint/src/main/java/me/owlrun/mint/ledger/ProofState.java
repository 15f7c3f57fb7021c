package me.owlrun.mint.ledger;

import java.util.Optional;

/// What the ledger knows of a proof (NUT-07); one that it does not know is unspent.
///
/// @param spent true when spent for good, false when part of a payment under way
/// @param witness the witness it was spent with
public record ProofState(boolean spent, Optional<String> witness) {}
