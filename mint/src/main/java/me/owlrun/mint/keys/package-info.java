/// The mint's keysets (NUT-01, NUT-02): derivation from the seed, their rows, the published keys.
/// The one package that sees private keys; others hand points to its [me.owlrun.mint.keys.Signer].
/// Owns the table `keyset`.
package me.owlrun.mint.keys;
