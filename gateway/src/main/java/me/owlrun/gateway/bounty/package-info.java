/// Bounties: extra pay for models that are wanted, out of a pool that is fed by the gateway's own
/// cut. A worker goes over settled jobs afterwards, so that the paid path knows nothing of it. Owns
/// the tables `bounty_cursor`, `bounty_model`, `bounty_batch`, `bounty_accrual`, `bounty_day`,
/// `bounty_forfeit` and `bounty_fund`.
package me.owlrun.gateway.bounty;
