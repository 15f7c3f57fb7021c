/// Accounts and their keys. One account has two pots in the ledger, `sats` and `credit`, at most
/// one provider key for each that was ever used, and any number of buyer keys. Keys are kept as
/// hashes only. Owns the tables `user_account` and `api_key`.
package me.owlrun.gateway.account;
