/// The client of phoenixd. Used by the wiring. Owns no tables.
package me.owlrun.mint.lightning.phoenixd;
