/// Referrals: whoever brings a node gets a share of the gateway's cut on what it serves, for twelve
/// months, never anything of the node's own. Owns the tables `referral_code`, `referral` and
/// `referral_day`.
package me.owlrun.gateway.referral;
