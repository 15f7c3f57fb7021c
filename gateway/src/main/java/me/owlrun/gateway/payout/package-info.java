/// Money that leaves an account outwards: ecash withdrawals and payouts over Lightning, each
/// exactly once. A payout is written down and its money held before the mint is asked; what is
/// unknown stays open and is asked again; it fails only after its coins were taken back. Owns the
/// tables `payout`, `payee`, `payee_address` and `payout_pause`.
package me.owlrun.gateway.payout;
