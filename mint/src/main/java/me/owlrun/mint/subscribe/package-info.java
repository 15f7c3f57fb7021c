/// Subscriptions over a WebSocket (NUT-17): wallets are told of quotes and proofs as they change,
/// whichever process changed them. Called by the wiring only. Owns no tables.
package me.owlrun.mint.subscribe;
