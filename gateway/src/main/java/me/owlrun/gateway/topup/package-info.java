/// Money into accounts: invoices of the mint, and tokens. A top-up is written down before the mint
/// is asked and followed until its end is known; ecash, pot and row change in one transaction. Owns
/// the table `topup`.
package me.owlrun.gateway.topup;
