/// What the mint redeemed and what it signed: spent and pending proofs, promises, operations; the
/// journal that writes them, with live totals and a chain of seals; and the rules every transfer of
/// ecash must pass. Swap, quotes, check and restore stand on it. Owns the tables `operation`,
/// `proof`, `promise`, `keyset_total`, `seal` and `seal_head`.
package me.owlrun.mint.ledger;
