/// Referrals: whoever brings an account gets a share of the gateway's cut on what it serves and
/// buys, for twelve months, never anything of the account's own. Owns the tables `referral_code`,
/// `referral` and `referral_day`.
package me.owlrun.gateway.referral;
