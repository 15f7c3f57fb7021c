/// Lightning for ecash (NUT-04, NUT-20, NUT-29) and ecash for Lightning (NUT-05, NUT-08, NUT-15):
/// quotes, their payments and their recovery. Called by the wiring only. Owns the tables
/// `mint_quote`, `incoming_payment`, `melt_quote`, `melt_attempt` and `melt_breaker`, and writes
/// the ledger's.
package me.owlrun.mint.quote;
