/// Gives signatures out again to wallets that restore from a seed (NUT-09). Called by the wiring
/// only. Reads the ledger's tables, owns none.
package me.owlrun.mint.restore;
