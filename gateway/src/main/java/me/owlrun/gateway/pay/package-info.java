/// Ecash in and out: reads a buyer's token, claims it by a swap at the mint, holds our proofs in
/// the vault, gives exact change, and finishes after a crash whatever was begun. `chat` calls
/// [Cashier]; the gateway's wiring runs [Recovery] and [FloatKeeper]. Owns the tables
/// `gateway_instance`, `payment`, `bill`, `mint_operation`, `vault_proof`, `kit` and `float_quote`.
package me.owlrun.gateway.pay;
