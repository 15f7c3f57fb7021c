/// Bech32 and Bech32m texts (BIP 173, BIP 350) without a length limit: invoices, payment requests
/// and Nostr names. Anybody in mint, gateway and up may use it. Owns no tables.
package me.owlrun.bech32;
