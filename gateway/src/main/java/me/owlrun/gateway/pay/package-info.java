/// Ecash in and out: reads a buyer's token, claims it by a swap at the mint, gives exact change out
/// of the vault, and finishes after a crash whatever was begun. `chat` calls [Cashier]; the
/// gateway's wiring runs [Recovery]. Owns the tables `payment` and `bill`; its migration makes
/// those of `vault` and `instance`, too.
package me.owlrun.gateway.pay;
