/// The vault: ecash of the gateway's own, operations at the mint that make or spend it, the float
/// of small coins, and the client of the mint. An operation is written down before the mint is
/// asked and run again until its end is known. `pay` builds on it. Owns the tables
/// `mint_operation`, `vault_proof`, `kit` and `float_quote`.
package me.owlrun.gateway.vault;
