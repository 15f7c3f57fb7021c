/// Spending conditions in the secrets of proofs (NUT-10, NUT-11, NUT-14): what a lock says and
/// whether a witness opens it. Called by `ledger` only. Owns no tables.
package me.owlrun.mint.condition;
