/// The Cashu protocol without any I/O: points, blind signatures, keysets, proofs and tokens; each
/// file names its NUT. A leaf: uses the JDK, BouncyCastle and `me.owlrun.json`; the mint, the
/// gateway and the tests use it. Owns no tables.
package me.owlrun.cashu;
