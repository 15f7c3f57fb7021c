/// What the mint redeemed and what it signed: spent and pending proofs, promises, operations; and
/// the rules every transfer of ecash must pass. Swap, quotes, check and restore stand on it. Owns
/// the tables `operation`, `proof` and `promise`.
package me.owlrun.mint.ledger;
