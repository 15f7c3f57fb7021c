/// What tests of this and other modules need of a mint: a wallet, and a mint on a real PostgreSQL.
/// A package of its own so that the test jar splits no package with the module. Owns no tables.
package me.owlrun.mint.testing;
