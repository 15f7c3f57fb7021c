/// The way to Lightning: one interface that every backend meets, and the play-money backend. Used
/// by the package `quote`. Owns the tables `fake_invoice` and `fake_payment`, which only the
/// play-money backend touches.
package me.owlrun.mint.lightning;
