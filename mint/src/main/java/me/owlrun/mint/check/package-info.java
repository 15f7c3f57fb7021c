/// What the mint knows of proofs (NUT-07). Called by the wiring only. Reads the ledger's tables,
/// owns none.
package me.owlrun.mint.check;
