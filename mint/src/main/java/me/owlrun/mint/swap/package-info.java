/// Ecash for ecash (NUT-03), one database transaction per swap. Called by the wiring only. Writes
/// the ledger's tables, owns none.
package me.owlrun.mint.swap;
