/// The double-entry ledger in millisats: accounts, transfers that add up to zero, and the audit of
/// both. Whoever moves money calls [LedgerStore] inside its own transaction; nobody else writes
/// here. Owns the tables `account`, `transfer` and `entry`; docs/ledger.md describes them.
package me.owlrun.gateway.ledger;
